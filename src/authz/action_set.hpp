#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "authz/action.hpp"

namespace ks {

// A set of actions, one bit each. What a role is.
class ActionSet {
 public:
  constexpr ActionSet() = default;
  constexpr ActionSet(std::initializer_list<Action> actions) {
    for (const Action action : actions) add(action);
  }

  constexpr void add(Action action) { words_[word(action)] |= bit(action); }
  constexpr bool has(Action action) const { return (words_[word(action)] & bit(action)) != 0; }
  constexpr bool contains(const ActionSet& other) const {
    for (std::size_t i = 0; i < kWords; ++i)
      if ((other.words_[i] & ~words_[i]) != 0) return false;
    return true;
  }
  constexpr bool empty() const { return *this == ActionSet(); }

  friend constexpr ActionSet operator|(ActionSet a, const ActionSet& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words_[i] |= b.words_[i];
    return a;
  }
  friend constexpr ActionSet operator&(ActionSet a, const ActionSet& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words_[i] &= b.words_[i];
    return a;
  }
  friend constexpr bool operator==(const ActionSet&, const ActionSet&) = default;

 private:
  static constexpr std::size_t kWords = (kActions + 63) / 64;
  static constexpr std::size_t word(Action action) { return static_cast<std::size_t>(action) / 64; }
  static constexpr std::uint64_t bit(Action action) {
    return std::uint64_t{1} << (static_cast<std::size_t>(action) % 64);
  }
  std::array<std::uint64_t, kWords> words_{};
};

}  // namespace ks
