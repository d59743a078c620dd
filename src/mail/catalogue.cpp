#include "mail/catalogue.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "embedded/mail_texts.hpp"

namespace ks::mail {

namespace {

constexpr std::string_view kWords = "words";

// Calls `line` for each line that says something: its number, section, and the text around ": ".
Result<void> each_line(std::string_view file,
                       const std::function<Result<void>(int, std::string_view, std::string_view,
                                                        std::string_view)>& line) {
  std::string_view section;
  for (int number = 1; !file.empty(); ++number) {
    const std::size_t end = std::min(file.find('\n'), file.size());
    const std::string_view text = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    if (text.empty()) continue;
    if (text.starts_with('[') && text.ends_with(']')) {
      section = text.substr(1, text.size() - 2);
      continue;
    }
    const std::size_t colon = text.find(": ");
    if (section.empty() || colon == text.npos)
      return invalid(fmt::format("line {}: must be [LANGUAGE] or NAME: TEXT", number));
    KS_CHECK(line(number, section, text.substr(0, colon), text.substr(colon + 2)));
  }
  return {};
}

std::multiset<std::string> shape_of(const MailText& text) {
  std::multiset<std::string> out;
  const auto add = [&](std::string_view kind, std::string_view line) {
    out.emplace(kind);
    for (const auto& place : places_in(line)) out.insert(fmt::format("{{{}}}", place));
  };
  add("subject", text.subject);
  add("heading", text.heading.empty() ? "" : "x");
  for (const auto& line : text.lines)
    add(line.kind == MailText::Line::Kind::text
            ? "text"
            : (line.kind == MailText::Line::Kind::button ? "button" : "note"),
        line.text);
  return out;
}

// Each place that has forms has two of them.
bool counts_well(std::string_view text) {
  for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const std::size_t end = std::min(text.find('}', at), text.size());
    const auto bars = std::ranges::count(text.substr(at, end - at), '|');
    if (bars != 0 && bars != 2) return false;
  }
  return true;
}

const std::map<std::string, BothTexts, std::less<>>& texts() {
  static const auto kTexts = [] {
    std::map<std::string, BothTexts, std::less<>> out;
    for (const auto& file : embedded::mail_texts()) {
      const std::string_view kind = file.path.substr(0, file.path.rfind('.'));
      if (kind == kWords) continue;
      auto parsed = parse_texts(file.text);
      KS_ASSERT_MSG(parsed.has_value(), parsed ? "" : std::string(kind) + parsed.error().message);
      out.emplace(kind, std::move(*parsed));
    }
    return out;
  }();
  return kTexts;
}

const std::map<std::string, std::string, std::less<>>& words(Locale locale) {
  static const auto kWordsOf = [](Locale of) {
    std::map<std::string, std::string, std::less<>> out;
    for (const auto& file : embedded::mail_texts()) {
      if (file.path.substr(0, file.path.rfind('.')) != kWords) continue;
      const auto read = each_line(file.text, [&](int, auto section, auto key, auto text) {
        if (section == name(of)) out.emplace(key, text);
        return Result<void>{};
      });
      KS_ASSERT(read.has_value());
    }
    return out;
  };
  static const auto kEnglish = kWordsOf(Locale::en);
  static const auto kGerman = kWordsOf(Locale::de);
  return locale == Locale::de ? kGerman : kEnglish;
}

}  // namespace

std::vector<std::string> places_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const std::size_t end = text.find('}', at);
    if (end == text.npos) break;
    std::string place(text.substr(at + 1, end - at - 1));
    place.resize(std::min(place.find('|'), place.size()));
    if (std::ranges::find(out, place) == out.end()) out.push_back(std::move(place));
  }
  return out;
}

Result<BothTexts> parse_texts(std::string_view file) {
  BothTexts out;
  using Kind = MailText::Line::Kind;
  KS_CHECK(each_line(file,
                     [&](int number, std::string_view section, std::string_view key,
                         std::string_view text) -> Result<void> {
                       if (section != "en" && section != "de")
                         return invalid(
                             fmt::format("line {}: the languages are en and de", number));
                       MailText& into = section == "en" ? out.en : out.de;
                       if (key == "subject")
                         into.subject = text;
                       else if (key == "heading")
                         into.heading = text;
                       else if (key == "text")
                         into.lines.push_back({Kind::text, std::string(text)});
                       else if (key == "button")
                         into.lines.push_back({Kind::button, std::string(text)});
                       else if (key == "note")
                         into.lines.push_back({Kind::note, std::string(text)});
                       else
                         return invalid(fmt::format("line {}: no such kind of line", number));
                       return {};
                     }));
  for (const MailText* text : {&out.en, &out.de})
    if (text->subject.empty() || text->heading.empty() || text->lines.empty())
      return invalid("both languages need a subject, a heading and a line");
  for (const MailText* text : {&out.en, &out.de})
    for (const auto& line : text->lines)
      if (!counts_well(line.text))
        return invalid("a place that counts needs a form for one and a form for several");
  if (shape_of(out.en) != shape_of(out.de))
    return invalid("the languages differ in their lines or in the places in them");
  return out;
}

bool has_text(std::string_view kind) { return texts().find(kind) != texts().end(); }

const MailText& text_of(std::string_view kind, Locale locale) {
  const auto at = texts().find(kind);
  KS_ASSERT_MSG(at != texts().end(), kind);
  return locale == Locale::de ? at->second.de : at->second.en;
}

std::string word_of(std::string_view word, Locale locale) {
  const auto at = words(locale).find(word);
  return at == words(locale).end() ? std::string(word) : at->second;
}

}  // namespace ks::mail
