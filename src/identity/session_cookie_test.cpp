#include "identity/session_cookie.hpp"

#include <doctest/doctest.h>

namespace ks {

TEST_CASE("over https the cookie is bound to the host and to secure connections") {
  const SessionCookie cookie(*parse_origin("https://ks.example.com"));
  CHECK(cookie.name() == "__Host-session");
  CHECK(cookie.set("abc") ==
        "__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=2592000");
  CHECK(cookie.clear() == "__Host-session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
}

TEST_CASE("only a plain-http local base URL has a cookie without Secure") {
  CHECK(SessionCookie(*parse_origin("http://localhost:8080")).set("abc") ==
        "session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");
  CHECK(SessionCookie(*parse_origin("https://localhost")).name() == "__Host-session");
  CHECK(SessionCookie(*parse_origin("http://ks.example.com")).name() == "__Host-session");
}

TEST_CASE("the token is found among other cookies, and not when it is there twice") {
  const SessionCookie cookie(*parse_origin("http://localhost:8080"));
  CHECK(cookie.find("session=abc") == "abc");
  CHECK(cookie.find("a=1; session=abc; b=2") == "abc");
  CHECK(cookie.find("a=1;session=abc") == "abc");
  CHECK(cookie.find("a=session; session=x=y") == "x=y");
  CHECK_FALSE(cookie.find("").has_value());
  CHECK_FALSE(cookie.find("session").has_value());
  CHECK_FALSE(cookie.find("session=").has_value());
  CHECK_FALSE(cookie.find("mysession=abc; Session=abc; __Host-session=abc").has_value());
  CHECK_FALSE(cookie.find("session=abc; session=abd").has_value());
}

}  // namespace ks
