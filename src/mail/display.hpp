#pragma once

#include <string>
#include <string_view>

namespace ks::mail {

// Text of others in a mail. A name that somebody chose must not become a line, a header field, a
// tag or a link.

// One line of valid UTF-8: line breaks, control characters and marks that turn the direction of
// reading become spaces, broken bytes U+FFFD. At most `length_max` code points; more end in "…".
std::string one_line(std::string_view text, std::size_t length_max = 200);

// As one_line(), and so that programs that make links of what looks like one leave it alone: a
// zero-width space stands behind each '.', ':' and '@' within a word.
std::string unlinked(std::string_view text);

}  // namespace ks::mail
