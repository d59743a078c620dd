#pragma once

#include <string>
#include <string_view>

#include "domain/people/locale.hpp"

namespace ks::mail {

// Text of others in a mail. A name that somebody chose must not become a line, a header field, a
// tag or a link.

// One line of valid UTF-8: line breaks, control characters and marks that turn the direction of
// reading become spaces, broken bytes U+FFFD. At most `length_max` code points; more end in "…".
std::string one_line(std::string_view text, std::size_t length_max = 200);

// As one_line(), and so that programs that make links of what looks like one leave it alone: a
// zero-width space stands behind each '.', ':' and '@' within a word.
std::string unlinked(std::string_view text);

// An amount of a plan's feature as named_amount() says it, in a language: "1.5 cpu" is "1,5 CPU" in
// German. What is no such amount stays as it is.
std::string amount_in(std::string_view amount, Locale locale);

}  // namespace ks::mail
