#pragma once

#include <optional>
#include <string_view>

#include "domain/people/locale.hpp"

namespace ks::api {

// A longer field tells nothing.
inline constexpr std::size_t kAcceptLanguageMax = 512;

// The language that the field Accept-Language (RFC 9110, 12.5.4) asks for among those there are, by
// lookup (RFC 4647, 3.4). Nothing when it asks for none of them, and for a field that is not of the
// grammar in every part: what was not meant as one is not guessed at.
std::optional<Locale> preferred_locale(std::string_view field);

}  // namespace ks::api
