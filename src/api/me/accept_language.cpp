#include "api/me/accept_language.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "domain/name.hpp"

namespace ks::api {

namespace {

constexpr std::size_t kSubtagMax = 8;

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// `text` up to the separator, which is taken off it with what stands before.
std::string_view next(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view out = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return out;
}

bool is_subtag(std::string_view text, bool first) {
  return !text.empty() && text.size() <= kSubtagMax &&
         std::ranges::all_of(text, [&](char c) { return is_alpha(c) || (!first && is_digit(c)); });
}

// RFC 4647, 2.1.
bool is_range(std::string_view text) {
  if (text == "*") return true;
  if (text.empty() || text.back() == '-') return false;
  for (bool first = true; !text.empty(); first = false)
    if (!is_subtag(next(text, '-'), first)) return false;
  return true;
}

// In thousandths. RFC 9110, 12.4.2.
std::optional<int> weight(std::string_view text) {
  if (!text.starts_with("q=") && !text.starts_with("Q=")) return std::nullopt;
  text.remove_prefix(2);
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int out = (text[0] - '0') * 1000;
  int scale = 100;
  for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (!is_digit(c)) return std::nullopt;
    out += (c - '0') * scale;
    scale /= 10;
  }
  if (out > 1000) return std::nullopt;
  return out;
}

struct Wish {
  std::string range;  // In lower case.
  int weight = 1000;
};

std::optional<std::vector<Wish>> wishes_of(std::string_view field) {
  std::vector<Wish> out;
  while (!field.empty()) {
    std::string_view item = trimmed(next(field, ','));
    // A list may have empty elements (RFC 9110, 5.6.1).
    if (item.empty()) continue;
    const bool weighted = item.find(';') != std::string_view::npos;
    const std::string_view range = trimmed(next(item, ';'));
    if (!is_range(range)) return std::nullopt;
    Wish wish{ascii_lower(range)};
    if (weighted) {
      const auto given = weight(trimmed(item));
      if (!given) return std::nullopt;
      wish.weight = *given;
    }
    out.push_back(std::move(wish));
  }
  return out;
}

}  // namespace

std::optional<Locale> preferred_locale(std::string_view field) {
  if (field.size() > kAcceptLanguageMax) return std::nullopt;
  const auto wishes = wishes_of(field);
  if (!wishes) return std::nullopt;
  std::optional<Locale> best;
  int heaviest = 0;
  for (const Wish& wish : *wishes) {
    // Of wishes of one weight the first counts.
    if (wish.weight <= heaviest) continue;
    // Cut from its end, a range comes to its first part. `*` is no part of a lookup.
    const auto found = locale(wish.range.substr(0, wish.range.find('-')));
    const bool refused = found && std::ranges::any_of(*wishes, [&](const Wish& other) {
                           return other.weight == 0 && other.range == name(*found);
                         });
    if (!found || refused) continue;
    best = found;
    heaviest = wish.weight;
  }
  return best;
}

}  // namespace ks::api
