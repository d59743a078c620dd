#include "identity/csrf.hpp"

#include <doctest/doctest.h>

namespace ks {

TEST_CASE("which requests may act, by where a browser says they come from") {
  using Field = std::optional<std::string_view>;
  constexpr std::nullopt_t kAbsent = std::nullopt;
  const Origin own = *parse_origin("http://localhost:8080");
  struct Row {
    std::string_view method;
    Field site;
    Field origin;
    bool allowed;
  };
  const Row rows[] = {
      // Safe methods, from anywhere.
      {"GET", "cross-site", "https://evil.example", true},
      {"HEAD", "cross-site", kAbsent, true},
      {"OPTIONS", kAbsent, "null", true},
      // Sec-Fetch-Site decides where it is given.
      {"POST", "same-origin", "http://localhost:8080", true},
      {"POST", "same-origin", kAbsent, true},
      {"POST", "none", kAbsent, true},
      {"POST", "same-site", "http://localhost:8080", false},
      {"POST", "cross-site", "http://localhost:8080", false},
      {"POST", "cross-site", kAbsent, false},
      {"POST", "", kAbsent, false},
      {"POST", "Same-Origin", kAbsent, false},
      {"POST", "same-origin, cross-site", kAbsent, false},
      // Without it the Origin must be ours, to the port.
      {"POST", kAbsent, "http://localhost:8080", true},
      {"PUT", kAbsent, "HTTP://LOCALHOST:8080", true},
      {"POST", kAbsent, "http://localhost", false},
      {"POST", kAbsent, "http://localhost:8081", false},
      {"POST", kAbsent, "https://localhost:8080", false},
      {"POST", kAbsent, "http://127.0.0.1:8080", false},
      {"POST", kAbsent, "http://localhost:8080.evil.example", false},
      {"POST", kAbsent, "http://localhost:8080@evil.example", false},
      {"POST", kAbsent, "http://localhost:8080/", false},
      {"POST", kAbsent, "http://localhost:8080/x", false},
      {"POST", kAbsent, "http://localhost:8080 http://evil.example", false},
      {"POST", kAbsent, "null", false},
      {"POST", kAbsent, "", false},
      // Neither: not a browser.
      {"POST", kAbsent, kAbsent, true},
      {"DELETE", kAbsent, kAbsent, true},
      // Every method that is not known to be safe is unsafe.
      {"PATCH", "cross-site", kAbsent, false},
      {"DELETE", kAbsent, "https://evil.example", false},
      {"get", "cross-site", kAbsent, false},
      {"PROPFIND", "cross-site", kAbsent, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.site.value_or("absent"));
    CAPTURE(row.origin.value_or("absent"));
    CHECK(csrf_allows(row.method, row.site, row.origin, own) == row.allowed);
  }
}

TEST_CASE("a usual port may be said or left out") {
  const Origin own = *parse_origin("https://ks.example.com");
  CHECK(csrf_allows("POST", std::nullopt, "https://ks.example.com", own));
  CHECK(csrf_allows("POST", std::nullopt, "https://ks.example.com:443", own));
  CHECK_FALSE(csrf_allows("POST", std::nullopt, "https://ks.example.com:80", own));
  CHECK_FALSE(csrf_allows("POST", std::nullopt, "http://ks.example.com", own));
}

}  // namespace ks
