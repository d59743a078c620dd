#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace ks {

inline constexpr std::size_t kSlugMax = 30;
inline constexpr std::size_t kDeploymentNameMax = 32;
inline constexpr std::size_t kTextMax = 100;
inline constexpr std::size_t kDescriptionMax = 500;

// RFC 1123 label: a-z, 0-9 and '-', starting and ending with a letter or digit, at most
// `length_max` characters, and not shaped like a UUID, so that a slug and an id never mix up.
// The error's message says what is wrong, without naming the field.
Result<void> check_label(std::string_view text, std::size_t length_max);

// Text for people: 1 to `length_max` code points of valid UTF-8, something of it to be seen, no
// control characters, none that are invisible or turn the direction of what stands around them.
Result<void> check_text(std::string_view text, std::size_t length_max);
// As check_text, but may be empty and may have line breaks.
Result<void> check_description(std::string_view text);

// True for slugs of organizations that would be read as a page of the product.
bool reserved_slug(std::string_view slug);

// With A to Z as a to z; other scripts stay.
std::string ascii_lower(std::string_view text);

// A label made of `text`: lower case, letters with marks as one writes them without
// (in_plain_latin), runs of anything else become one '-'. "x" when nothing is left.
std::string slug_from(std::string_view text, std::size_t length_max = kSlugMax);
// The same, but empty when nothing is left: the name is of another script, or all signs.
std::string latin_slug(std::string_view text, std::size_t length_max = kSlugMax);

// The form in which addresses are stored and compared: the key of an EmailAddress. `dev@localhost`,
// which no mail is sent to, is the one without a dot.
Result<std::string> normal_email(std::string_view text);

// `^[A-Za-z_][A-Za-z0-9_]{0,127}$`, the form of environment variables and secrets.
Result<void> check_env_name(std::string_view text);

}  // namespace ks
