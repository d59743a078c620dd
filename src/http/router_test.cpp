#include "http/router.hpp"

#include <string>

#include <doctest/doctest.h>

namespace ks::http {

namespace {
struct Fixture {
  Router router{"https://h"};
  std::string called;

  void add(Method method, std::string_view pattern) {
    router.add(method, pattern, RouteInfo("anyone"),
               [this, name = std::string(pattern)](Request& r) {
                 called = name;
                 for (const auto& p : r.params)
                   called += " " + std::string(p.name) + "=" + std::string(r.param(p.name));
                 return Response::text(200, "x");
               });
  }
  Response ask(Method method, std::string_view path) {
    Request request;
    request.method = method;
    request.path = path;
    called.clear();
    return router.handle(request);
  }
};
}  // namespace

TEST_CASE("a path reaches its pattern, literal segments before parameters") {
  Fixture f;
  for (const auto pattern : {"/", "/orgs", "/orgs/{org}", "/orgs/new", "/orgs/{org}/teams/{team}",
                             "/orgs/new/rooms/{room}"})
    f.add(Method::get, pattern);
  const auto called = [&](std::string_view path) {
    const int status = f.ask(Method::get, path).status;
    return status == 200 ? f.called : std::to_string(status);
  };
  CHECK(called("/") == "/");
  CHECK(called("/orgs") == "/orgs");
  CHECK(called("/orgs/acme") == "/orgs/{org} org=acme");
  CHECK(called("/orgs/new") == "/orgs/new");
  CHECK(called("/orgs/acme/teams/x y") == "/orgs/{org}/teams/{team} org=acme team=x y");
  // The literal leads nowhere here, so the parameter takes it.
  CHECK(called("/orgs/new/teams/t") == "/orgs/{org}/teams/{team} org=new team=t");
  CHECK(called("/orgs/new/rooms/r") == "/orgs/new/rooms/{room} room=r");
  for (const auto path : {"/org", "/orgs/", "/orgs/acme/", "/orgs/acme/teams", "/orgs/acme/teams/",
                          "/orgs/acme/teams/t/x", "/ORGS", "/orgss"})
    CHECK(called(path) == "404");
}

TEST_CASE("what fits no pattern is asked about once more, when it only reads") {
  Fixture f;
  f.add(Method::get, "/orgs/{org}");
  f.router.otherwise([](Request& r) -> std::optional<Response> {
    if (r.path.starts_with("/api")) return std::nullopt;
    return Response::text(200, "page");
  });
  CHECK(f.ask(Method::get, "/o/acme").body == "page");
  CHECK(f.ask(Method::head, "/o/acme").status == 200);
  CHECK(f.ask(Method::post, "/o/acme").status == 404);
  CHECK(f.ask(Method::get, "/api/x").status == 404);
  CHECK(f.ask(Method::get, "/orgs/acme").body == "x");
  CHECK(f.ask(Method::post, "/orgs/acme").status == 405);
}

TEST_CASE("routes with other names for the same segment keep their own names") {
  Fixture f;
  f.add(Method::get, "/a/{first}");
  f.add(Method::post, "/a/{second}");
  f.ask(Method::get, "/a/1");
  CHECK(f.called == "/a/{first} first=1");
  f.ask(Method::post, "/a/1");
  CHECK(f.called == "/a/{second} second=1");
}

TEST_CASE("a known path with another method is a 405 that names the methods") {
  Fixture f;
  f.add(Method::get, "/a");
  f.add(Method::patch, "/a");
  f.add(Method::post, "/b");
  const Response refused = f.ask(Method::del, "/a");
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("allow") == "GET, HEAD, PATCH, OPTIONS");
  CHECK(f.called.empty());
  CHECK(f.ask(Method::head, "/b").status == 405);
  CHECK(f.ask(Method::del, "/c").status == 404);
}

TEST_CASE("HEAD goes to GET, and OPTIONS answers the methods without a handler") {
  Fixture f;
  f.add(Method::get, "/a");
  CHECK(f.ask(Method::head, "/a").status == 200);
  CHECK(f.called == "/a");
  const Response options = f.ask(Method::options, "/a");
  CHECK(options.status == 204);
  CHECK(options.headers.get("allow") == "GET, HEAD, OPTIONS");
  CHECK(f.called.empty());
  CHECK(f.ask(Method::options, "/b").status == 404);
}

TEST_CASE("the table of routes can be walked, each with its audience") {
  Router router("https://h");
  RouteInfo info("member");
  info.metadata = {{"action", "deployment.create"}};
  info.body_bytes_max = 5;
  router.add(Method::post, "/orgs/{org}", info, [](Request&) { return Response(204); });
  REQUIRE(router.routes().size() == 1);
  const Router::Route& route = *router.routes()[0];
  CHECK(route.method == Method::post);
  CHECK(route.pattern == "/orgs/{org}");
  CHECK(route.info.audience == "member");
  CHECK(route.info.metadata[0].second == "deployment.create");
  Request request;
  request.method = Method::post;
  request.path = "/orgs/x";
  CHECK(router.welcome(request).bytes_max == 5);
  request.path = "/nowhere";
  CHECK(router.welcome(request).bytes_max == 64 * 1024);
}

}  // namespace ks::http
