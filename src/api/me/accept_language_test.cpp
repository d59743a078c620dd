#include "api/me/accept_language.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace ks;
using api::preferred_locale;

TEST_CASE("the language that is wished for most is taken, of those there are") {
  const struct {
    const char* field;
    std::optional<Locale> wanted;
  } cases[] = {
      {"de", Locale::de},
      {"en", Locale::en},
      {"DE-at", Locale::de},
      {"de-CH-1996", Locale::de},
      {"de-Latn-DE-x-private", Locale::de},
      {"de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", Locale::de},
      {"en-US,en;q=0.9,de;q=0.8", Locale::en},
      {"en;q=0.5,de;q=0.501", Locale::de},
      {"en;q=0.5, de;q=0.5", Locale::en},
      {"fr-FR, fr;q=0.9, de;q=0.1", Locale::de},
      {"fr, *;q=0.5", std::nullopt},
      {"*", std::nullopt},
      {"*, de;q=0.1", Locale::de},
      {"de;q=0, en;q=0.1", Locale::en},
      {"de-AT, de;q=0", std::nullopt},
      {"de-AT;q=0, de", Locale::de},
      {"de;q=0", std::nullopt},
      {"de ; q=1.000", Locale::de},
      {"de;Q=1", Locale::de},
      {",, de ,\t,en", Locale::de},
      {"", std::nullopt},
      {"  ", std::nullopt},
      {"den", std::nullopt},
      {"d", std::nullopt},
      {"x-de", std::nullopt},
  };
  for (const auto& one : cases) {
    INFO(one.field);
    CHECK(preferred_locale(one.field) == one.wanted);
  }
}

TEST_CASE("a field that is not of the grammar wishes for nothing, whatever else is in it") {
  for (const std::string odd :
       {"de;q=1.1",  "de;q=2",       "de;q=0.1234", "de;q=.5",   "de;q=",  "de;q", "de;",
        "de;q=-1",   "de;q=1;x",     "de;x=1",      "de;q=0,5x", "de_DE",  "de-",  "-de",
        "de--at",    "d\xc3\xa9",    "de en",       "de;q=1 en", "de/en",  "1de",  "*-de",
        "abcdefghi", "de-abcdefghi", "de\n",        "de;q=1e0",  "de;q=+1"}) {
    INFO(odd);
    CHECK(preferred_locale(odd) == std::nullopt);
    CHECK(preferred_locale("de," + odd) == std::nullopt);
  }
  CHECK(preferred_locale(std::string("de\0", 3)) == std::nullopt);
}

TEST_CASE("a field that is longer than any browser's is not read") {
  std::string field = "de";
  while (field.size() + 3 <= api::kAcceptLanguageMax) field += ",fr";
  CHECK(preferred_locale(field) == Locale::de);
  field.resize(api::kAcceptLanguageMax + 1, ',');
  CHECK(preferred_locale(field) == std::nullopt);
}
