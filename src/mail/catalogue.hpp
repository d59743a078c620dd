#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/mail/mail.hpp"

namespace ks::mail {

// The text of one mail in one language, from texts/<kind>.txt. `{name}` stands for a value, and
// `{name|# seat|# seats}` for one or several of something, with the number at the `#`.
struct MailText {
  struct Line {
    enum class Kind { text, button, note } kind;
    std::string text;
  };
  std::string subject;
  std::string heading;
  // In the order of the file. A text with a value that is empty is left out.
  std::vector<Line> lines;
};

// A kind without a text is a programming error; the tests go through all of them.
const MailText& text_of(std::string_view kind, Locale locale);
// Whether there is one: a mail may have been queued by a newer version.
bool has_text(std::string_view kind);
// A word of the product ("org_admin") in that language; itself where it has no translation.
std::string word_of(std::string_view word, Locale locale);

// Reads one file: "[en]" and "[de]", below each "subject:", "heading:", "text:", "button:",
// "note:". The error says which line is wrong; both languages must have the same kinds of lines and
// the same places in them, in any order.
struct BothTexts {
  MailText en;
  MailText de;
};
Result<BothTexts> parse_texts(std::string_view file);

// "{organization}" gives organization, "{limit|# seat|# seats}" limit; each name once, in order.
std::vector<std::string> places_in(std::string_view text);

}  // namespace ks::mail
