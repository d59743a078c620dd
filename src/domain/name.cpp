#include "domain/name.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/id.hpp"
#include "base/utf8.hpp"
#include "domain/latin.hpp"
#include "domain/mail/email_address.hpp"

namespace ks {

namespace {
bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// C0, DEL and, as UTF-8, C1 (U+0080 to U+009F).
bool has_control(std::string_view text, bool line_breaks_allowed) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto u = static_cast<unsigned char>(text[i]);
    if (line_breaks_allowed && (u == '\n' || u == '\t')) continue;
    if (u < 0x20 || u == 0x7f) return true;
    if (u == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0)
      return true;
  }
  return false;
}

struct Span {
  char32_t first;
  char32_t last;
};
template <std::size_t N>
bool within(const std::array<Span, N>& spans, char32_t point) {
  return std::ranges::any_of(
      spans, [&](const Span& span) { return point >= span.first && point <= span.last; });
}

// What turns the direction of the text around it, or stands there without being seen (Unicode UTS
// #39): with them one name passes for another, or a page says what nobody wrote.
constexpr std::array<Span, 17> kDeceiving = {{{0xad, 0xad},
                                              {0x61c, 0x61c},
                                              {0x115f, 0x1160},
                                              {0x17b4, 0x17b5},
                                              {0x180e, 0x180e},
                                              {0x200b, 0x200b},
                                              {0x200e, 0x200f},
                                              {0x2028, 0x202e},
                                              {0x2060, 0x206f},
                                              {0x3164, 0x3164},
                                              {0xfeff, 0xfeff},
                                              {0xffa0, 0xffa0},
                                              {0xfff9, 0xfffb},
                                              {0x1bca0, 0x1bca3},
                                              {0x1d173, 0x1d17a},
                                              {0xe0000, 0xe007f},
                                              {0xe0100, 0xe01ef}}};
// Of use between what is seen, and nothing by themselves: spaces, joiners, variation selectors.
constexpr std::array<Span, 10> kBlank = {{{0x20, 0x20},
                                          {0xa0, 0xa0},
                                          {0x1680, 0x1680},
                                          {0x2000, 0x200a},
                                          {0x200c, 0x200d},
                                          {0x202f, 0x202f},
                                          {0x205f, 0x205f},
                                          {0x2800, 0x2800},
                                          {0x3000, 0x3000},
                                          {0xfe00, 0xfe0f}}};

bool deceives(std::string_view text) {
  while (!text.empty())
    if (within(kDeceiving, take_code_point(text))) return true;
  return false;
}

bool is_blank(std::string_view text) {
  while (!text.empty())
    if (!within(kBlank, take_code_point(text))) return false;
  return true;
}

std::unexpected<Error> deceiving() {
  return invalid("must not have invisible characters or such that turn the text's direction");
}
}  // namespace

Result<void> check_label(std::string_view text, std::size_t length_max) {
  if (text.empty()) return invalid("must not be empty");
  if (text.size() > length_max)
    return invalid(fmt::format("must have at most {} characters", length_max));
  if (!std::ranges::all_of(text, [](char c) { return lower_or_digit(c) || c == '-'; }))
    return invalid("may only have lower-case letters, digits and '-'");
  if (text.front() == '-' || text.back() == '-')
    return invalid("must start and end with a letter or digit");
  if (is_uuid(text)) return invalid("must not look like an id");
  return {};
}

Result<void> check_text(std::string_view text, std::size_t length_max) {
  const std::ptrdiff_t length = code_points(text);
  if (length < 0) return invalid("must be valid UTF-8");
  if (has_control(text, false)) return invalid("must not have control characters");
  if (deceives(text)) return deceiving();
  if (is_blank(text)) return invalid("must not be empty");
  if (static_cast<std::size_t>(length) > length_max)
    return invalid(fmt::format("must have at most {} characters", length_max));
  return {};
}

Result<void> check_description(std::string_view text) {
  const std::ptrdiff_t length = code_points(text);
  if (length < 0) return invalid("must be valid UTF-8");
  if (has_control(text, true)) return invalid("must not have control characters");
  if (deceives(text)) return deceiving();
  if (static_cast<std::size_t>(length) > kDescriptionMax)
    return invalid(fmt::format("must have at most {} characters", kDescriptionMax));
  return {};
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string latin_slug(std::string_view text, std::size_t length_max) {
  const std::string plain = is_utf8(text) ? in_plain_latin(text) : std::string(text);
  std::string out;
  for (const char raw : plain) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw - 'A' + 'a') : raw;
    if (lower_or_digit(c))
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
    if (out.size() >= length_max) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string slug_from(std::string_view text, std::size_t length_max) {
  std::string out = latin_slug(text, length_max);
  return out.empty() ? "x" : out;
}

bool reserved_slug(std::string_view slug) {
  static constexpr std::string_view kReserved[] = {
      "account",  "accounts", "admin",   "api",      "app",       "assets",  "auth",
      "billing",  "client",   "clients", "docs",     "help",      "healthz", "invitations",
      "invite",   "login",    "logout",  "me",       "metrics",   "new",     "org",
      "orgs",     "platform", "readyz",  "security", "settings",  "setup",   "signup",
      "static",   "status",   "support", "system",   "templates", "terms",   "users",
      "webhooks", "www"};
  return std::ranges::find(kReserved, slug) != std::end(kReserved);
}

Result<std::string> normal_email(std::string_view text) {
  if (std::string folded = ascii_lower(text); folded == "dev@localhost") return folded;
  KS_TRY(const EmailAddress address, EmailAddress::parse(text));
  return address.key();
}

Result<void> check_env_name(std::string_view text) {
  if (text.empty() || text.size() > 128) return invalid("must have 1 to 128 characters");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    if (!letter && !(i > 0 && c >= '0' && c <= '9'))
      return invalid("must start with a letter or '_' and go on with letters, digits and '_'");
  }
  return {};
}

}  // namespace ks
