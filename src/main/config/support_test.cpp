#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "main/config/config.hpp"

namespace ks {

TEST_CASE("people are sent for support to an address or by https, and nowhere else") {
  const auto fits = [](std::string_view name, const std::string& value) {
    ConfigInput input;
    input.flags = {{std::string(name), value}};
    const LoadedConfig loaded = load_config(input);
    const api::Support& support = loaded.config.support;
    CHECK((name == "SUPPORT_URL" ? support.url : support.mail) == value);
    return std::ranges::none_of(loaded.faults,
                                [&](const std::string& fault) { return fault.starts_with(name); });
  };
  for (const char* url :
       {"", "https://help.example.com", "https://help.example.com:8443/a/b?c=d&e=%20#f",
        "https://[2001:db8::1]/it's", "https://example.com?x"}) {
    CAPTURE(url);
    CHECK(fits("SUPPORT_URL", url));
  }
  const std::string longest = "https://example.com/" + std::string(480, 'a');
  CHECK(fits("SUPPORT_URL", longest));
  CHECK_FALSE(fits("SUPPORT_URL", longest + "a"));
  for (const char* url :
       {"http://help.example.com", "javascript:alert(1)", "JavaScript:alert(1)//https://x",
        "data:text/html,x", "//help.example.com", "https://", "https:///x",
        "https://user:password@example.com", "https://example.com/\"onclick=x",
        "https://example.com/<script>", "https://example.com/a b", "https://example.com/a\nb",
        "https://example.com\\@evil.example", "https://example.com/%zz", "https://example.com/%2",
        "https://example.com/#a#b", "https://example.com/\xc3\xa4", "https://exa mple.com",
        " https://example.com"}) {
    CAPTURE(url);
    CHECK_FALSE(fits("SUPPORT_URL", url));
  }
  for (const char* mail : {"", "help@example.com", "o'hara+ks&x?y@example.com"}) {
    CAPTURE(mail);
    CHECK(fits("SUPPORT_MAIL", mail));
  }
  for (const char* mail :
       {"help", "a@example.com,b@example.com", "\"><script>@example.com", "a@example.com?cc=b",
        "Help <help@example.com>", "help@example.com\r\nBcc: x@example.com", "javascript:a@b"}) {
    CAPTURE(mail);
    CHECK_FALSE(fits("SUPPORT_MAIL", mail));
  }
}

}  // namespace ks
