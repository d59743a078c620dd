#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

namespace ks::api_test {

namespace {
const Fields kBrowser = {{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}};

std::string nonce_of(const Reply& page) {
  const std::size_t at = page.body.find("nonce=\"") + 7;
  return page.body.substr(at, page.body.find('"', at) - at);
}
}  // namespace

TEST_CASE("every address that is nobody else's gives the web's document") {
  Server server;
  Person nobody = server.nobody();
  for (const char* path : {"/", "/login", "/o/acme/people", "/no/such/page", "/o/%3Cb%3E"}) {
    CAPTURE(path);
    const Reply page = nobody.get(path, kBrowser);
    CHECK(page.status == 200);
    CHECK(page.header("content-type") == "text/html; charset=utf-8");
    CHECK(page.body.find("<b>") == std::string::npos);
  }
  for (const char* path :
       {"/api", "/api/v1/nothing", "/assets", "/assets/none.js", "/openapi.json/x", "/favicon.ico",
        "/.well-known/security.txt", "/.well-known/change-password", "/robots.txt/x"}) {
    CAPTURE(path);
    const Reply absent = nobody.get(path, kBrowser);
    CHECK(absent.status == 404);
    CHECK(absent.json().text("code") == "not_found");
  }
}

TEST_CASE("a mistyped address of the documentation is a page for a browser, and absent for all") {
  Server server;
  Person nobody = server.nobody();
  for (const char* path : {"/docs", "/docs/none", "/problems", "/problems/x/y"}) {
    CAPTURE(path);
    const Reply page = nobody.get(path, kBrowser);
    CHECK(page.status == 404);
    CHECK(page.header("content-type") == "text/html; charset=utf-8");
    for (const Fields& fields : {Fields{}, Fields{{"Accept", "application/json"}}}) {
      const Reply absent = nobody.get(path, fields);
      CHECK(absent.status == 404);
      CHECK(absent.json().text("code") == "not_found");
    }
  }
}

TEST_CASE("an address that cannot be read is a page that says so, for a browser") {
  Server server;
  Person nobody = server.nobody();
  // As it is, and held against nothing: what cannot be read is no operation of the contract.
  const auto got = [&](const std::string& address, const Fields& fields) {
    return send(server.port(), {"GET", address, fields, ""});
  };
  const Reply usual = nobody.get("/login", kBrowser);
  // Scripts raw and in every way to write them; none of it may come back.
  const std::vector<std::string> addresses = {
      "/o/a%zz",
      "/%ff",
      "/o/acme%",
      "/o/%2e%2e/x",
      "/a//b",
      "/?q=%zz",
      "/docs/%zz",
      "/o/a%zz<script>window.ran=1</script>",
      "/o/%zz%3Cscript%3Ewindow.ran=1%3C/script%3E",
      "/o/%ff\"><img/src=x/onerror=\"window.ran=1\">",
      "/%zz';window.ran=1//",
      "/%zz{{nonce}}{{constructor.constructor(\"window.ran=1\")()}}",
      "/%zz</title><svg/onload=window.ran=1>",
      "/%ff?next=javascript:window.ran=1"};
  for (const std::string& address : addresses) {
    CAPTURE(address);
    const Reply page = got(address, kBrowser);
    CHECK(page.status == 400);
    CHECK(page.header("content-type") == "text/html; charset=utf-8");
    CHECK(page.body.find("data-fault=\"unreadable\"") != std::string::npos);
    for (const char* word : {"%zz", "%ff", "window.ran", "svg", "acme", "constructor"})
      CHECK(page.body.find(word) == std::string::npos);
    for (const char* name :
         {"cache-control", "vary", "content-language", "cross-origin-opener-policy",
          "cross-origin-resource-policy", "permissions-policy", "x-content-type-options",
          "referrer-policy", "x-frame-options"}) {
      CAPTURE(name);
      CHECK(page.header(name).has_value());
      CHECK(page.header(name) == usual.header(name));
    }
    const std::string nonce = nonce_of(page);
    CHECK(nonce.size() >= 22);
    CHECK(page.header("content-security-policy").value_or("").find("'nonce-" + nonce + "'") !=
          std::string::npos);
  }
  CHECK(usual.body.find("data-fault=\"\"") != std::string::npos);
  CHECK(got("/%zz", {{"Accept", "text/html"}, {"Accept-Language", "de"}})
            .body.starts_with("<html lang=\"de\""));
  // Programs, and what is no page, are answered as before.
  for (const char* address : {"/api/v1/orgs/%zz", "/api?x=%zz", "/assets/%zz", "/healthz?%ff"}) {
    CAPTURE(address);
    CHECK(got(address, kBrowser).json().text("code") == "malformed_request");
  }
  for (const char* accept : {"", "*/*", "application/json", "text/html;q=0"}) {
    CAPTURE(accept);
    const Reply told = got("/o/a%zz", {{"Accept", accept}});
    CHECK(told.status == 400);
    CHECK(told.json().text("code") == "malformed_request");
  }
  CHECK(send(server.port(), {"POST", "/o/a%zz", kBrowser, ""}).json().text("code") ==
        "malformed_request");
  Fields elsewhere = kBrowser;
  elsewhere.emplace_back("Host", "evil.example");
  CHECK(got("/o/a%zz", elsewhere).status == 404);
}

TEST_CASE("whom to ask for support is said to everybody, and cannot leave its place") {
  const std::string mail = "o'hara&x=1@example.com";
  const std::string url = "https://help.example.com/?a=1&b='x'";
  Server silent;
  CHECK(silent.nobody()
            .get("/login", kBrowser)
            .body.find("data-support-mail=\"\" data-support-url=\"\"") != std::string::npos);
  Server server({.settings = {{"SUPPORT_MAIL", mail}, {"SUPPORT_URL", url}}});
  CHECK(server.nobody()
            .get("/login", kBrowser)
            .body.find("data-support-mail=\"o&#39;hara&amp;x=1@example.com\" "
                       "data-support-url=\"https://help.example.com/?a=1&amp;b=&#39;x&#39;\"") !=
        std::string::npos);
}

TEST_CASE("a robot is told to index nothing, whatever it accepts") {
  Server server;
  for (const Fields& fields : {Fields{}, kBrowser}) {
    const Reply robots = server.nobody().get("/robots.txt", fields);
    CHECK(robots.status == 200);
    CHECK(robots.header("content-type") == "text/plain; charset=utf-8");
    CHECK(robots.body == "User-agent: *\nDisallow: /\n");
  }
}

TEST_CASE("who asks for JSON is not answered with a page") {
  Server server;
  Person nobody = server.nobody();
  const Fields json = {{"Accept", "application/json"}};
  CHECK(nobody.get("/orgs/acme", json).json().text("code") == "not_found");
  CHECK(nobody.get("/", json).json().text("product") == "K8s Scheduler");
  CHECK(nobody.get("/").json().text("product") == "K8s Scheduler");
}

TEST_CASE("the document is made for one reply, and kept by nobody") {
  Server server;
  Person nobody = server.nobody();
  const Reply page = nobody.get("/login", kBrowser);
  const std::string nonce = nonce_of(page);
  CHECK(nonce.size() >= 22);
  CHECK(page.header("content-security-policy").value_or("").find("'nonce-" + nonce + "'") !=
        std::string::npos);
  CHECK(nonce_of(nobody.get("/login", kBrowser)) != nonce);
  // Said before any script runs, so that nothing is taken for real that is not.
  CHECK(page.body.find("data-cluster=\"simulated\"") != std::string::npos);
  CHECK(page.header("cache-control") == "no-store");
  CHECK(page.header("vary") == "Host, Cookie, Accept, Accept-Language");
  CHECK(page.header("x-content-type-options") == "nosniff");
  CHECK(page.header("referrer-policy") == "no-referrer");
  CHECK(page.header("x-frame-options") == "DENY");
  CHECK(page.header("cross-origin-opener-policy") == "same-origin");
}

TEST_CASE("the document comes in the language and the theme that the browser has") {
  Server server;
  Person nobody = server.nobody();
  const auto body = [&](Fields fields) {
    fields.insert(fields.begin(), kBrowser.begin(), kBrowser.end());
    return nobody.get("/login", fields).body;
  };
  CHECK(body({}).starts_with("<html lang=\"en\" data-theme=\"system\""));
  CHECK(body({{"Accept-Language", "de-CH"}}).starts_with("<html lang=\"de\""));
  CHECK(body({{"Accept-Language", "de"}, {"Cookie", "locale=en; theme=dark"}})
            .starts_with("<html lang=\"en\" data-theme=\"dark\""));
  CHECK(body({{"Cookie", "locale=\"><script>; theme=x"}})
            .starts_with("<html lang=\"en\" data-theme=\"system\""));
}

TEST_CASE("behind https only cookies that no other host can set say language and theme") {
  Server server({.settings = {{"BASE_URL", "https://localhost"}}});
  const auto body = [&](const std::string& cookies) {
    Fields fields = kBrowser;
    fields.emplace_back("Cookie", cookies);
    return server.nobody().get("/login", fields).body;
  };
  CHECK(body("__Host-locale=de; __Host-theme=dark")
            .starts_with("<html lang=\"de\" data-theme=\"dark\""));
  CHECK(body("locale=de; theme=dark").starts_with("<html lang=\"en\" data-theme=\"system\""));
}

TEST_CASE("another host than the installation's has no pages") {
  Server server;
  Fields fields = kBrowser;
  fields.emplace_back("Host", "evil.example");
  CHECK(server.nobody().get("/login", fields).status == 404);
}

TEST_CASE("a file of the pages is kept for good, in the form that was asked for") {
  Server server;
  Person nobody = server.nobody();
  const auto file = [&](const std::string& accepted) {
    return nobody.get("/assets/page-1.js", {{"Accept-Encoding", accepted}});
  };
  const Reply plain = file("identity");
  CHECK(plain.body == "plain");
  CHECK_FALSE(plain.header("content-encoding").has_value());
  CHECK(plain.header("content-type") == "text/javascript; charset=utf-8");
  CHECK(plain.header("cache-control") == "public, max-age=31536000, immutable");
  CHECK(plain.header("vary") == "Accept-Encoding");
  const Reply packed = file("gzip, br");
  CHECK(packed.body == "brotli");
  CHECK(packed.header("content-encoding") == "br");
  CHECK(packed.header("vary") == "Accept-Encoding");
  CHECK(file("gzip").body == "gzip");
  // Where the smaller form would not be smaller there is none.
  const Reply style = nobody.get("/assets/style-1.css", {{"Accept-Encoding", "br"}});
  CHECK(style.body == "plain");
  CHECK_FALSE(style.header("content-encoding").has_value());
}

}  // namespace ks::api_test
