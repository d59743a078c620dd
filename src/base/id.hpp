#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"

namespace ks {

// True for the 36-character lower-case form of a UUID.
bool is_uuid(std::string_view text);

// An identifier of one kind of thing. Two kinds never compare or convert, so a team id in a
// deployment's place is a compile error, not a 404 at night.
template <class Noun>
class Id {
 public:
  // Accepts upper and lower case, keeps lower case. Anything else than a UUID is `not_found`, so
  // that a malformed and an unknown id give one answer.
  static Result<Id> parse(std::string_view text) {
    std::array<char, 36> lower{};
    if (text.size() != lower.size()) return not_found();
    for (std::size_t i = 0; i < lower.size(); ++i)
      lower[i] =
          text[i] >= 'A' && text[i] <= 'F' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (!is_uuid({lower.data(), lower.size()})) return not_found();
    return Id(lower);
  }
  // A new id, UUIDv7: ordered by time of making.
  static Id make(const Clock& clock, Random& random) { return *parse(uuid_v7(clock, random)); }

  std::string_view text() const noexcept { return {text_.data(), text_.size()}; }
  std::string str() const { return std::string(text()); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  explicit Id(const std::array<char, 36>& text) : text_(text) {}
  std::array<char, 36> text_;
};

template <class Noun>
struct IdHash {
  std::size_t operator()(const Id<Noun>& id) const noexcept {
    return std::hash<std::string_view>{}(id.text());
  }
};

}  // namespace ks
