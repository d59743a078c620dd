#include "domain/sandbox/namespace_pattern.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "domain/name.hpp"

namespace ks {

namespace {

constexpr std::size_t kIdLength = 36;
// Of an id, or of a digest: the last digits of a UUIDv7 are its random part, the first a clock.
constexpr std::size_t kSuffixDigits = 12;

struct Placeholder {
  std::string_view text;
  std::size_t length_max;
  bool chosen;  // By the people who use the product.
};
constexpr std::array<Placeholder, 6> kPlaceholders = {{{"{userId}", kIdLength, false},
                                                       {"{orgId}", kIdLength, false},
                                                       {"{teamId}", kIdLength, false},
                                                       {"{clientId}", kIdLength, false},
                                                       {"{orgSlug}", kSlugMax, true},
                                                       {"{teamSlug}", kSlugMax, true}}};

std::string known_placeholders() {
  std::string out;
  for (const Placeholder& p : kPlaceholders) out.append(out.empty() ? "" : " ").append(p.text);
  return out;
}

// What stands at the beginning of `text`, if it is one.
const Placeholder* placeholder_at(std::string_view text) {
  const auto* at = std::ranges::find_if(
      kPlaceholders, [&](const Placeholder& p) { return text.starts_with(p.text); });
  return at == kPlaceholders.end() ? nullptr : at;
}

std::string last_digits(std::string_view hex_text) {
  return "-" + std::string(hex_text.substr(hex_text.size() - kSuffixDigits));
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_suffix(std::string_view text) {
  return text.size() == kSuffixDigits + 1 && text.front() == '-' &&
         std::ranges::all_of(text.substr(1), is_hex);
}

}  // namespace

NamespacePattern::NamespacePattern() : text_("sandbox-{userId}") {}

bool NamespacePattern::tells_organizations_apart() const {
  return has("{orgId}") || has("{teamId}");
}

bool NamespacePattern::names_team() const { return has("{teamId}") || has("{teamSlug}"); }

Result<NamespacePattern> NamespacePattern::parse(std::string_view text) {
  std::string shape;  // With a letter for each placeholder.
  std::size_t length = 0, placeholders = 0;
  bool chosen_only = true;
  for (std::string_view rest = text; !rest.empty();) {
    if (const Placeholder* p = placeholder_at(rest)) {
      rest.remove_prefix(p->text.size());
      shape += 'x';
      length += p->length_max;
      ++placeholders;
      chosen_only = chosen_only && p->chosen;
      continue;
    }
    if (rest.front() == '{' || rest.front() == '}')
      return invalid("knows no placeholders but " + known_placeholders());
    shape += rest.front();
    ++length;
    rest.remove_prefix(1);
  }
  if (placeholders == 0)
    return invalid("must have a placeholder, one of " + known_placeholders() +
                   ": a namespace is one person's in one organization");
  if (!check_label(shape, std::max(shape.size(), kLengthMax)))
    return invalid(
        "may only have lower-case letters, digits and '-' beside placeholders, and none at its "
        "ends that is a '-'");
  if (text.starts_with("kube-"))
    return invalid("must not begin with kube-, which is Kubernetes' own");
  // Otherwise an organization could call itself like a namespace that the cluster will have, and
  // have what is let in from there.
  const std::string_view own = text.substr(0, text.find('{'));
  if (chosen_only && !own.ends_with('-'))
    return invalid("must begin with a word of its own and a '-', such as apps-" +
                   std::string(text) + ", where slugs are all it has");
  NamespacePattern out(text);
  length += kSuffixDigits + 1;
  if (length > kLengthMax)
    return invalid(
        fmt::format("can become {} characters long with its suffix; a namespace's name "
                    "has at most {}",
                    length, kLengthMax));
  return out;
}

bool NamespacePattern::can_give(std::string_view name) const {
  // How much of it what was read of the pattern can stand for.
  std::set<std::size_t> lengths = {0};
  for (std::string_view rest = text_; !rest.empty();) {
    const Placeholder* p = placeholder_at(rest);
    std::set<std::size_t> next;
    for (const std::size_t at : lengths) {
      const std::string_view left = name.substr(at);
      if (p == nullptr) {
        if (left.starts_with(rest.front())) next.insert(at + 1);
      } else if (!p->chosen) {
        if (is_uuid(left.substr(0, kIdLength))) next.insert(at + kIdLength);
      } else {
        for (std::size_t n = 1; n <= std::min(left.size(), kSlugMax); ++n)
          if (check_label(left.substr(0, n), kSlugMax)) next.insert(at + n);
      }
    }
    lengths = std::move(next);
    rest.remove_prefix(p == nullptr ? 1 : p->text.size());
  }
  return std::ranges::any_of(
      lengths, [&](std::size_t at) { return at == name.size() || is_suffix(name.substr(at)); });
}

std::vector<std::string> NamespacePattern::names(const NamespaceOwner& owner,
                                                 Random& random) const {
  std::string name;
  for (std::string_view rest = text_; !rest.empty();) {
    const Placeholder* p = placeholder_at(rest);
    if (p == nullptr) {
      name += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    const std::array<std::string_view, kPlaceholders.size()> values = {
        owner.user.text(),   owner.org.text(), owner.team.text(),
        owner.client.text(), owner.org_slug,   owner.team_slug};
    name += values.at(static_cast<std::size_t>(p - kPlaceholders.data()));
    rest.remove_prefix(p->text.size());
  }
  std::vector<std::string> out{name};
  if (!tells_organizations_apart()) out.push_back(name + last_digits(owner.org.text()));
  if (!has("{userId}") || (names_team() && !has("{teamId}"))) {
    std::string all = owner.client.str() + owner.org.str() + owner.user.str();
    if (names_team()) all += owner.team.str();
    out.push_back(name + last_digits(hex(sha256(all))));
  }
  std::array<std::uint8_t, kSuffixDigits / 2> bytes{};
  random.fill(bytes);
  out.push_back(name + last_digits(hex(bytes)));
  return out;
}

}  // namespace ks
