#include <string>

#include <doctest/doctest.h>

#include "api/web/negotiation.hpp"
#include "api/web/shell.hpp"

namespace ks::api {

TEST_CASE("a file goes out in the smallest form that the browser takes") {
  CHECK(encoding_for("gzip, deflate, br, zstd", true, true) == "br");
  CHECK(encoding_for("gzip, deflate, br", false, true) == "gzip");
  CHECK(encoding_for("GZIP", true, true) == "gzip");
  CHECK(encoding_for("br;q=0.2, gzip;q=0.9", true, true) == "gzip");
  CHECK(encoding_for("*", true, true) == "br");
  CHECK(encoding_for("br, gzip", false, false).empty());
}

TEST_CASE("a form that was refused is not sent") {
  for (const char* field : {"", "identity", "br;q=0, gzip;q=0", "br;q=0.000,gzip;q=0", "*;q=0",
                            "br ; q=0 , gzip ; Q=0", "br;q=x,gzip;q=2.5,deflate", "brx, xgzip"})
    CHECK_MESSAGE(encoding_for(field, true, true).empty(), field);
  CHECK(encoding_for("br;q=0, *", true, true) == "gzip");
}

TEST_CASE("a document is for browsers, and JSON for whoever asks for it") {
  constexpr std::string_view kBrowser = "text/html,application/xhtml+xml,*/*;q=0.8";
  CHECK(accepts_html(kBrowser, Html::named));
  CHECK(accepts_html(kBrowser, Html::tolerated));
  for (const char* tolerant : {"", "*/*", "text/*", "application/json, */*;q=0.1"}) {
    CHECK_FALSE_MESSAGE(accepts_html(tolerant, Html::named), tolerant);
    CHECK_MESSAGE(accepts_html(tolerant, Html::tolerated), tolerant);
  }
  for (const char* strict : {"application/json", "text/html;q=0, */*", "*/*;q=0", "text/plain"})
    CHECK_FALSE_MESSAGE(accepts_html(strict, Html::tolerated), strict);
}

TEST_CASE("the language is the chosen one, else the browser's best of those there are") {
  CHECK(locale_for(std::nullopt, "") == "en");
  CHECK(locale_for(std::nullopt, "de-AT,de;q=0.9,en;q=0.8") == "de");
  CHECK(locale_for(std::nullopt, "fr, en;q=0.3, de;q=0.7") == "de");
  CHECK(locale_for(std::nullopt, "fr, *") == "en");
  CHECK(locale_for(std::nullopt, "de;q=0") == "en");
  CHECK(locale_for("en", "de") == "en");
  CHECK(locale_for("xx", "de") == "de");
}

TEST_CASE("a theme is one of three") {
  CHECK(theme_for("dark") == "dark");
  CHECK(theme_for("light") == "light");
  CHECK(theme_for("\"><script>") == "system");
  CHECK(theme_for(std::nullopt) == "system");
}

TEST_CASE("what is filled into the document cannot leave its place") {
  const std::string out = filled("<html lang=\"{{locale}}\"><title>{{product}}</title>{{other}}{{",
                                 {"n", "de", "dark", "A & <b>\"'{{nonce}}", "simulated"});
  CHECK(out == "<html lang=\"de\"><title>A &amp; &lt;b&gt;&quot;&#39;{{nonce}}</title>{{other}}{{");
}

TEST_CASE("the document's policy allows nothing unsafe and nobody else") {
  const std::string policy = content_security_policy("abc");
  CHECK(policy.starts_with("default-src 'none'; "));
  CHECK(policy.find("'nonce-abc'") != std::string::npos);
  for (const char* never : {"unsafe", "*", "http", "data:", "blob:"})
    CHECK_MESSAGE(policy.find(never) == std::string::npos, never);
}

}  // namespace ks::api
