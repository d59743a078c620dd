#include "mail/render.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/html.hpp"
#include "mail/catalogue.hpp"
#include "mail/display.hpp"

namespace ks::mail {

namespace {

using Kind = MailText::Line::Kind;

struct Filling {
  std::string text;
  // Not chosen by anybody: a date, a number, a word of the product. Or an address that can be read
  // as nothing else.
  bool ours = true;
};
using Places = std::map<std::string, Filling, std::less<>>;

// How text comes to stand in a mail.
struct Form {
  std::string (*own)(std::string_view text);     // What the product says.
  std::string (*others)(std::string_view text);  // What people have chosen.
};

constexpr std::size_t kColumns = 72;

Places places_of(const MailDraft& draft, Locale locale, const Brand& brand) {
  Places out;
  for (const auto& place : draft.places) {
    struct Shown {
      Locale locale;
      std::string operator()(const std::string& text) const { return text; }
      std::string operator()(std::int64_t number) const { return std::to_string(number); }
      std::string operator()(Time time) const { return date_for(time, locale); }
      std::string operator()(const EmailAddress& address) const { return address.text(); }
      std::string operator()(const MailDraft::Word& word) const {
        return amount_in(word_of(word.text, locale), locale);
      }
    };
    Filling& filling = out[place.name];
    filling.text = std::visit(Shown{locale}, place.value);
    // "www.a.example/path@b.example" is an address as well.
    const bool path = std::holds_alternative<EmailAddress>(place.value) &&
                      filling.text.find('/') != std::string::npos;
    filling.ours = !std::holds_alternative<std::string>(place.value) && !path;
  }
  out["product"] = {brand.product, false};
  return out;
}

// Of "limit|# seat|# seats" what goes with the number; the number alone where a place has no forms.
// English and German have the same two.
std::string counted(std::string_view place, std::string_view number) {
  const std::size_t one = place.find('|');
  if (one == place.npos) return std::string(number);
  const std::size_t many = place.find('|', one + 1);
  const std::string_view said =
      number == "1" ? place.substr(one + 1, many - one - 1) : place.substr(many + 1);
  const std::size_t sign = said.find('#');
  if (sign == said.npos) return std::string(said);
  return fmt::format("{}{}{}", said.substr(0, sign), number, said.substr(sign + 1));
}

// The text with its places filled in; nullopt when one of them is empty, or is not there: a mail
// that waited through an update has what the version before told.
std::optional<std::string> filled(std::string_view text, const Places& places, const Form& form) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find('{');
    out += form.own(text.substr(0, open));
    if (open == text.npos) return out;
    const std::size_t close = text.find('}', open);
    KS_ASSERT(close != text.npos);
    const std::string_view place = text.substr(open + 1, close - open - 1);
    const auto at = places.find(place.substr(0, place.find('|')));
    if (at == places.end() || at->second.text.empty()) return std::nullopt;
    const Filling& filling = at->second;
    out += filling.ours ? form.own(counted(place, filling.text)) : form.others(filling.text);
    text.remove_prefix(close + 1);
  }
}

constexpr Form kHeader{[](std::string_view text) { return std::string(text); },
                       [](std::string_view text) { return one_line(text); }};
constexpr Form kPlain{[](std::string_view text) { return std::string(text); }, unlinked};
constexpr Form kHtml{html_escaped,
                     [](std::string_view text) { return html_escaped(unlinked(text)); }};

// Broken at spaces, so that it reads well where mail is shown as text.
std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto length = static_cast<std::size_t>(std::ranges::count_if(
        word, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    if (column > 0 && column + 1 + length > kColumns) {
      out += '\n';
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
  }
  return out;
}

// System fonts, no images, colours that a dark mode may turn. Programs for mail read inline styles
// best; what stands in <style> is for those that read more.
constexpr std::string_view kPage = R"(<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{
  .page {{ background: #16181d !important; }}
  .card {{ background: #1f2228 !important; border-color: #363b45 !important; }}
  .main {{ color: #e8eaed !important; }}
  .quiet {{ color: #a8adb7 !important; }}
}}
</style>
</head>
<body class="page" style="margin:0;padding:24px 12px;background:#f4f5f7;">
<div class="card" role="article" aria-label="{title}" lang="{language}" style="max-width:560px;margin:0 auto;padding:28px 32px;background:#ffffff;border:1px solid #dfe2e7;border-radius:8px;font:16px/24px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;">
<p class="quiet" style="margin:0 0 20px;color:#5a6270;font-size:14px;">{product}</p>
<h1 class="main" style="margin:0 0 16px;color:#1b1f27;font-size:20px;line-height:28px;font-weight:600;">{heading}</h1>
{body}</div>
<p class="quiet" style="max-width:560px;margin:16px auto 0;padding:0 32px;color:#5a6270;font:13px/20px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;">{automatic}<br>{host}</p>
</body>
</html>
)";

std::string html_line(const MailText::Line& line, const std::string& text,
                      const std::optional<Url>& url, const Brand& brand) {
  if (line.kind == Kind::text)
    return fmt::format("<p class=\"main\" style=\"margin:0 0 16px;color:#1b1f27;\">{}</p>\n", text);
  if (line.kind == Kind::note)
    return fmt::format(
        "<p class=\"quiet\" style=\"margin:16px 0 0;color:#5a6270;font-size:14px;"
        "line-height:21px;\">{}</p>\n",
        text);
  KS_ASSERT_MSG(url.has_value(), "a button needs a link");
  const std::string address = html_escaped(url->text());
  return fmt::format(
      "<p style=\"margin:24px 0 12px;\"><a href=\"{0}\" style=\"display:inline-block;"
      "padding:10px 18px;border-radius:6px;background:{1};color:#ffffff;font-weight:600;"
      "text-decoration:none;\">{2}</a></p>\n"
      "<p class=\"quiet\" style=\"margin:0 0 16px;color:#5a6270;font-size:13px;line-height:20px;"
      "word-break:break-all;\">{0}</p>\n",
      address, html_escaped(brand.accent), text);
}

std::string text_line(const MailText::Line& line, const std::string& text,
                      const std::optional<Url>& url) {
  if (line.kind != Kind::button) return wrapped(text) + "\n\n";
  KS_ASSERT_MSG(url.has_value(), "a button needs a link");
  return text + ":\n" + url->text() + "\n\n";
}

}  // namespace

std::string date_for(Time time, Locale locale) {
  constexpr std::array<std::string_view, 12> kEnglish{
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  constexpr std::array<std::string_view, 12> kGerman{
      "Januar", "Februar", "März",      "April",   "Mai",      "Juni",
      "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
  const std::string text = rfc3339(time);
  const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
  const int day = (text[8] - '0') * 10 + (text[9] - '0');
  return fmt::format("{}{} {} {}, {} UTC", day, locale == Locale::de ? "." : "",
                     (locale == Locale::de ? kGerman : kEnglish).at(month), text.substr(0, 4),
                     text.substr(11, 5));
}

Rendered render(const MailDraft& draft, Locale locale, const Brand& brand) {
  const MailText& text = text_of(draft.kind, locale);
  const Places places = places_of(draft, locale, brand);
  std::optional<Url> url;
  if (draft.link) url = brand.base.link(draft.link->path, draft.link->token);

  const auto whole = [&](std::string_view line, const Form& form) {
    return filled(line, places, form).value_or("");
  };

  Rendered out;
  out.subject = whole(text.subject, kHeader);
  out.text = wrapped(whole(text.heading, kPlain)) + "\n\n";
  std::string body;
  for (const auto& line : text.lines) {
    const auto plain = filled(line.text, places, kPlain);
    if (!plain) continue;
    out.text += text_line(line, *plain, url);
    body += html_line(line, whole(line.text, kHtml), url, brand);
  }
  const std::string automatic = word_of("automatic", locale);
  out.text +=
      "-- \n" + whole(automatic, kPlain) + "\n" + std::string(brand.base.host_and_port()) + "\n";
  out.html = fmt::format(kPage, fmt::arg("language", name(locale)),
                         fmt::arg("title", whole(text.subject, kHtml)),
                         fmt::arg("product", kHtml.others(brand.product)),
                         fmt::arg("heading", whole(text.heading, kHtml)), fmt::arg("body", body),
                         fmt::arg("automatic", whole(automatic, kHtml)),
                         fmt::arg("host", html_escaped(brand.base.host_and_port())));
  return out;
}

}  // namespace ks::mail
