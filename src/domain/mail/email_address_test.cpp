#include "domain/mail/email_address.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace ks;

TEST_CASE("an address keeps its local part and tag, and has its domain in lower case") {
  const auto address = EmailAddress::parse("Ann.Lee+News@Mail.Example.COM");
  REQUIRE(address);
  CHECK(address->text() == "Ann.Lee+News@mail.example.com");
  CHECK(address->key() == "ann.lee+news@mail.example.com");
  CHECK(address->domain() == "mail.example.com");
  CHECK(address->masked() == "A***@mail.example.com");
}

TEST_CASE("addresses that differ in case only are one address") {
  CHECK(*EmailAddress::parse("ANN@example.com") == *EmailAddress::parse("ann@EXAMPLE.com"));
  CHECK_FALSE(*EmailAddress::parse("ann+a@example.com") == *EmailAddress::parse("ann@example.com"));
}

TEST_CASE("a mailbox is counted without tags, and is nobody's identity") {
  const auto mailbox = [](const char* text) { return EmailAddress::parse(text)->mailbox(); };
  CHECK(mailbox("Ann+News@Example.COM") == "ann@example.com");
  CHECK(mailbox("ann+a+b@example.com") == "ann@example.com");
  CHECK(mailbox("ann+@example.com") == "ann@example.com");
  CHECK(mailbox("ann@example.com") == "ann@example.com");
  // A dot and a dash part nothing, and what is all tag is a name.
  CHECK(mailbox("a.n-n@example.com") == "a.n-n@example.com");
  CHECK(mailbox("+ann@example.com") == "+ann@example.com");
  CHECK(EmailAddress::parse("ann+a@example.com")->key() !=
        EmailAddress::parse("ann+b@example.com")->key());
}

TEST_CASE("a domain in its xn-- form is taken, in another script it is refused with the reason") {
  CHECK(EmailAddress::parse("ann@xn--bcher-kva.example"));
  const auto refused = EmailAddress::parse("ann@bücher.example");
  REQUIRE(!refused);
  CHECK(refused.error().message.find("xn--") != std::string::npos);
  // Letters that look like the usual ones: Cyrillic a, full-width @, Kelvin sign.
  for (const char* text : {"\xd0\xb0nn@example.com",
                           "ann\xef\xbc\xa0"
                           "example.com",
                           "ann@\xe2\x84\xaa"
                           "ube.example"})
    CHECK_FALSE(EmailAddress::parse(text));
}

TEST_CASE("an address with a look-alike is refused by the very character, and says what to do") {
  const auto said = [](const char* text) {
    const auto refused = EmailAddress::parse(text);
    REQUIRE(!refused);
    return refused.error().message;
  };
  // A Cyrillic a, in either part.
  CHECK(said("\xd0\xb0nn@example.com").find("\"\xd0\xb0\" (U+0430)") != std::string::npos);
  CHECK(said("\xd0\xb0nn@example.com").find("type it anew") != std::string::npos);
  CHECK(said("ann@ex\xd0\xb0mple.com").find("\"\xd0\xb0\" (U+0430)") != std::string::npos);
  // The full-width @, the Kelvin sign, one beyond the first plane.
  CHECK(said("ann\xef\xbc\xa0"
             "example.com")
            .find("(U+FF20)") != std::string::npos);
  CHECK(said("ann@\xe2\x84\xaa"
             "ube.example")
            .find("(U+212A)") != std::string::npos);
  CHECK(said("\xf0\x9d\x90\x9anna@example.com").find("(U+1D41A)") != std::string::npos);
  // What nobody sees is told by its number alone.
  CHECK(said("an\xe2\x80\x8bn@example.com").find(": U+200B is") != std::string::npos);
  CHECK(said("ann@example.\xe2\x80\xae"
             "com")
            .find(": U+202E is") != std::string::npos);
  // No text at all.
  CHECK(said("\xff@example.com").find("e-mail address") != std::string::npos);
  CHECK(said("ann@\xd0").find("e-mail address") != std::string::npos);
}

TEST_CASE("no list, display name, comment, quote, literal or detour is an address") {
  for (const std::string text : {"a@b.example,c@d.example",
                                 "a@b.example;c@d.example",
                                 "a@b.example c@d.example",
                                 "Ann <a@b.example>",
                                 "<a@b.example>",
                                 "a(x)@b.example",
                                 "\"a b\"@b.example",
                                 "a@[192.0.2.1]",
                                 "a@192.0.2.1",
                                 "a@b",
                                 "c.example!a@b.example",
                                 "a%c.example@b.example",
                                 "@c.example:a@b.example",
                                 "a@b.example\r\nBcc: c@d.example",
                                 "a\\@b.example",
                                 "a@@b.example",
                                 "[\"a@b.example\"]",
                                 "{\"a@b.example\":1}",
                                 "mailto:a@b.example",
                                 "a@b.example?cc=c",
                                 " a@b.example",
                                 "a@b.example ",
                                 "a@b.example.",
                                 "a\t@b.example"}) {
    CAPTURE(text);
    CHECK_FALSE(EmailAddress::parse(text));
  }
  CHECK_FALSE(EmailAddress::parse(std::string("a\0@b.example", 12)));
}

TEST_CASE("the lengths are those of RFC 5321") {
  CHECK(EmailAddress::parse(std::string(64, 'a') + "@b.example"));
  CHECK_FALSE(EmailAddress::parse(std::string(65, 'a') + "@b.example"));
  CHECK_FALSE(EmailAddress::parse("a@" + std::string(64, 'b') + ".example"));
  std::string wide = "a@";
  while (wide.size() < 250) wide += "b.";
  CHECK(EmailAddress::parse(wide + "cdef"));
  CHECK_FALSE(EmailAddress::parse(wide + "cdefg"));
}

TEST_CASE("whatever is taken is one printable word with one @, and is taken again as it is") {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{
      "a",  "Z",    "9", "@", ".",    "-",        "+", "example", ",", " ", "<", ">",
      "\"", "\r\n", "%", "!", "xn--", "\xc3\xa4", ":", "(",       "[", "'", "_"});
  CHECK(rc::check([&] {
    std::string text;
    for (const auto& one : *rc::gen::container<std::vector<std::string>>(piece)) text += one;
    const auto address = EmailAddress::parse(text);
    if (!address) {
      RC_ASSERT(!address.error().message.empty());
      return;
    }
    int ats = 0;
    for (const char c : address->text()) {
      RC_ASSERT(c > 0x20 && c < 0x7f);
      RC_ASSERT(std::string("()<>[]:;,\\\"%!").find(c) == std::string::npos);
      ats += c == '@' ? 1 : 0;
    }
    RC_ASSERT(ats == 1);
    RC_ASSERT(EmailAddress::parse(address->text())->text() == address->text());
    RC_ASSERT(EmailAddress::parse(address->key())->key() == address->key());
  }));
}
