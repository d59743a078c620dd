#include "domain/name.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace ks {

TEST_CASE("a label is an RFC 1123 label of at most its length") {
  for (const std::string text : {"a", "0", "a-b", "a--b", "0a", "web-1", "abcdefghij"}) {
    CAPTURE(text);
    CHECK(check_label(text, 10));
  }
  for (const std::string text : {"", "-", "-a", "a-", "A", "aB", "a_b", "a.b", "a b", "a/b", "ä",
                                 "abcdefghijk", "a\n", "a%00"}) {
    CAPTURE(text);
    CHECK_FALSE(check_label(text, 10));
  }
  CHECK_FALSE(check_label(std::string("a\0b", 3), 10));
}

TEST_CASE("a label never looks like an id") {
  CHECK_FALSE(check_label("0190a1b2-c3d4-7e5f-8901-23456789abcd", 63));
  CHECK(check_label("0190a1b2-c3d4-7e5f-8901-23456789abcg", 63));
}

TEST_CASE("text for people is counted in characters and has no control characters") {
  CHECK(check_text("Ann's wiki", 100));
  CHECK(check_text("ünï", 3));
  CHECK(check_text("日本語😀", 4));
  CHECK_FALSE(check_text("日本語😀", 3));
  for (const std::string text :
       {"", " ", "   ", "a\n", "a\tb", "a\x1b[0m", "a\x7f", "a\xc2\x85", "a\xff", "\xc0\xaf",
        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    CAPTURE(text);
    CHECK_FALSE(check_text(text, 100));
  }
  CHECK_FALSE(check_text(std::string("a\0b", 3), 100));
  // A joiner between letters and within a family of faces is seen by what it does.
  CHECK(check_text("می‌خواهم", 100));
  CHECK(check_text("👩‍👩‍👧 and us", 100));
  for (const std::string text : {"a\u202eb", "\u2066a\u2069", "\u200fa", "\u061ca", "a\u200bb",
                                 "a\u00adb", "\ufeffa", "\u3164", "\u115f\u1160", "a\U000e0041",
                                 "\u00a0", "\u3000\u2003", "\u200d", "\u2800", "\ufe0f"}) {
    CAPTURE(text);
    CHECK_FALSE(check_text(text, 100));
  }
  CHECK(
      check_text("a\xc2\xa0"
                 "b",
                 100));
  CHECK(check_text(std::string(100, 'x'), 100));
  CHECK_FALSE(check_text(std::string(101, 'x'), 100));
}

TEST_CASE("a description may be empty and have lines") {
  CHECK(check_description(""));
  CHECK(check_description("one\n\ttwo"));
  CHECK(check_description(std::string(500, 'x')));
  CHECK_FALSE(check_description(std::string(501, 'x')));
  CHECK_FALSE(check_description("\x07"));
  CHECK_FALSE(check_description("pay\u202eyap"));
  CHECK_FALSE(check_description("\xff"));
}

TEST_CASE("a slug is made of whatever text there is") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Acme Inc.", "acme-inc"},
      {"  a  b  ", "a-b"},
      {"", "x"},
      {"---", "x"},
      {"A_b/C", "a-b-c"},
      {"Zoë's", "zoe-s"},
      {"42", "42"},
      {"Müller", "mueller"},
      {"ÄÖ", "aeoe"},
      {"Straße GROẞ", "strasse-gross"},
      {"Łódź", "lodz"},
      {"Ångström & Søn", "angstroem-son"},
      {"Þór", "thor"},
      {"Nguyễn", "nguyen"},
      {"Crème brûlée", "creme-brulee"},
      // The same in two code points each.
      {"Mu\u0308ller", "mueller"},
      {"Zoe\u0308", "zoe"},
      {"U\u0308ber", "ueber"},
      {"Мир", "x"},
      {"\xff\xfe", "x"}};
  for (const auto& [text, slug] : cases) {
    CAPTURE(text);
    CHECK(slug_from(text) == slug);
  }
  CHECK(latin_slug("Müller") == "mueller");
  CHECK(latin_slug("Мир").empty());
  CHECK(slug_from("abc def", 4) == "abc");
  CHECK(slug_from("abcü", 4) == "abcu");
}

TEST_CASE("every slug that is made is a good label") {
  CHECK(rc::check([](const std::string& text) {
    RC_ASSERT(check_label(slug_from(text), kSlugMax).has_value());
  }));
}

TEST_CASE("addresses are brought to one form") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Ann@Example.COM", "ann@example.com"},
      {"a.b+tag@sub.example.co", "a.b+tag@sub.example.co"},
      {"x@1.2b", "x@1.2b"},
      {"o'neil@example.com", "o'neil@example.com"},
      {"DEV@localhost", "dev@localhost"}};
  for (const auto& [text, wanted] : cases) {
    CAPTURE(text);
    const auto got = normal_email(text);
    REQUIRE(got);
    CHECK(*got == wanted);
    CHECK(*normal_email(*got) == wanted);
  }
}

TEST_CASE("what is no address is refused") {
  for (const std::string text : {"",
                                 "a",
                                 "@",
                                 "a@",
                                 "@b.c",
                                 "a@b",
                                 "a@@b.c",
                                 "a@b@c.d",
                                 "a b@c.d",
                                 "a@b c.d",
                                 "a@b..c",
                                 "a@.b.c",
                                 "a@b.c.",
                                 "a@-b.c",
                                 "a@b-.c",
                                 ".a@b.c",
                                 "a.@b.c",
                                 "a..b@c.d",
                                 "a@b_c.d",
                                 "ä@b.c",
                                 "a@ä.c",
                                 "a@b.c\n",
                                 "a@b.c\r\nBcc: x@y.z",
                                 "<a@b.c>",
                                 "a,b@c.d",
                                 "\"a\"@b.c",
                                 "a@[1.2.3.4]",
                                 "root@localhost"}) {
    CAPTURE(text);
    CHECK_FALSE(normal_email(text));
  }
  CHECK(normal_email(std::string(64, 'a') + "@b.c"));
  CHECK_FALSE(normal_email(std::string(65, 'a') + "@b.c"));
  CHECK_FALSE(normal_email("a@" + std::string(64, 'b') + ".c"));
  std::string wide = "a@";
  while (wide.size() < 250) wide += "b.";
  CHECK(normal_email(wide + "cdef"));
  CHECK_FALSE(normal_email(wide + "cdefgh"));
}

TEST_CASE("variables are named as a shell could name them") {
  for (const std::string text : {"A", "_", "a1", "PATH", "_X9", "a_B"}) CHECK(check_env_name(text));
  CHECK(check_env_name(std::string(128, 'A')));
  for (const std::string text : {"", "1A", "A-B", "A.B", "A B", "A=B", "Ä", "A\n"}) {
    CAPTURE(text);
    CHECK_FALSE(check_env_name(text));
  }
  CHECK_FALSE(check_env_name(std::string(129, 'A')));
}

}  // namespace ks
