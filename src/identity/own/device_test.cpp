#include "identity/own/device.hpp"

#include <doctest/doctest.h>

using namespace ks;

TEST_CASE("browsers and programs are told by name, browsers with their system") {
  CHECK(device_of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") ==
        "Firefox on Linux");
  CHECK(
      device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0") == "Edge on Windows");
  CHECK(
      device_of("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
                "Gecko) Version/17.5 Safari/605.1.15") == "Safari on macOS");
  CHECK(device_of("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "Chrome/126.0.0.0 Mobile Safari/537.36") == "Chrome on Android");
  CHECK(device_of("curl/8.5.0") == "curl");
  CHECK(device_of("python-requests/2.31") == "python-requests");
  CHECK(device_of("").empty());
}

TEST_CASE("whatever is sent, a device is a short printable word") {
  for (const std::string& text :
       {std::string("<script>alert(1)</script>"), std::string("a\r\nSet-Cookie: x"),
        std::string("\xff\xfe"), std::string(10'000, 'a'), std::string("a\0b", 3)}) {
    const std::string device = device_of(text);
    CHECK(device.size() <= 60);
    for (const char c : device) {
      CHECK(c > 0x20);
      CHECK(c < 0x7f);
      CHECK(std::string("<>\"'&").find(c) == std::string::npos);
    }
  }
}
