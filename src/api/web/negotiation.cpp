#include "api/web/negotiation.hpp"

#include <algorithm>
#include <array>

#include "http/message.hpp"

namespace ks::api {

namespace {

constexpr std::array<std::string_view, 2> kLocales = {"en", "de"};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// The part before `by`, which is taken off `rest`.
std::string_view next(std::string_view& rest, char by) {
  const std::size_t end = std::min(rest.find(by), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trimmed(part);
}

// RFC 9110: "0", "1", or either with up to three decimals.
int thousandths(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int out = (text[0] - '0') * 1000;
  int place = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return 0;
    out += (c - '0') * place;
    place /= 10;
  }
  return std::min(out, 1000);
}

struct Weighed {
  std::string_view word;
  int weight = 1000;
};

Weighed weighed(std::string_view item) {
  Weighed out{next(item, ';')};
  while (!item.empty()) {
    std::string_view parameter = next(item, ';');
    if (http::equal_ignoring_case(next(parameter, '='), "q")) out.weight = thousandths(parameter);
  }
  return out;
}

}  // namespace

std::optional<int> weight_of(std::string_view field, std::string_view word) {
  while (!field.empty()) {
    const Weighed one = weighed(next(field, ','));
    if (http::equal_ignoring_case(one.word, word)) return one.weight;
  }
  return std::nullopt;
}

std::string_view encoding_for(std::string_view accept_encoding, bool brotli, bool gzip) {
  const auto weight = [&](std::string_view name) {
    const auto own = weight_of(accept_encoding, name);
    return own ? *own : weight_of(accept_encoding, "*").value_or(0);
  };
  const int br = brotli ? weight("br") : 0;
  const int gz = gzip ? weight("gzip") : 0;
  if (br == 0 && gz == 0) return "";
  return br >= gz ? "br" : "gzip";
}

bool accepts_html(std::string_view accept, Html how) {
  if (const auto own = weight_of(accept, "text/html")) return *own > 0;
  if (how == Html::named) return false;
  if (accept.empty()) return true;
  const auto group = weight_of(accept, "text/*");
  return (group ? *group : weight_of(accept, "*/*").value_or(0)) > 0;
}

std::string_view locale_for(std::optional<std::string_view> cookie,
                            std::string_view accept_language) {
  for (const std::string_view locale : kLocales)
    if (cookie && *cookie == locale) return locale;
  std::string_view best = kLocales.front();
  int most = 0;
  while (!accept_language.empty()) {
    const Weighed one = weighed(next(accept_language, ','));
    // "de-AT" is German.
    const std::string_view language = one.word.substr(0, one.word.find('-'));
    for (const std::string_view locale : kLocales)
      if (one.weight > most && http::equal_ignoring_case(language, locale)) {
        best = locale;
        most = one.weight;
      }
  }
  return best;
}

std::string_view theme_for(std::optional<std::string_view> cookie) {
  for (const std::string_view theme : {"light", "dark"})
    if (cookie && *cookie == theme) return theme;
  return "system";
}

}  // namespace ks::api
