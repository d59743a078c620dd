#pragma once

#include <optional>
#include <string_view>

namespace ks {

// The languages that people are written to in.
enum class Locale { en, de };
std::string_view name(Locale locale);
std::optional<Locale> locale(std::string_view name);
// Of a row: one that only a newer program knows is read as English.
Locale locale_or_english(std::string_view name);

}  // namespace ks
