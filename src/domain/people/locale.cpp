#include "domain/people/locale.hpp"

namespace ks {

std::string_view name(Locale locale) { return locale == Locale::de ? "de" : "en"; }

std::optional<Locale> locale(std::string_view name) {
  if (name == "en") return Locale::en;
  if (name == "de") return Locale::de;
  return std::nullopt;
}

Locale locale_or_english(std::string_view name) { return locale(name).value_or(Locale::en); }

}  // namespace ks
