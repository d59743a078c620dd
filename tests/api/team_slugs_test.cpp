// The addresses of teams: which one a name gets, and where one of before leads.
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

Json named(const std::string& name) { return Json::object({{"name", name}}); }

}  // namespace

TEST_CASE("a team whose name has no Latin letter gets an address of its own, twice too") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const auto made = [&](const std::string& name) {
    const Reply reply = ann.post(ann.org_path() + "/teams", named(name));
    REQUIRE(reply.status == 201);
    return std::string(reply.json().text("slug"));
  };
  const std::regex own("team-[a-z0-9]{6}");
  std::set<std::string> slugs;
  for (const char* name : {"开发", "开发", "Разработка", "ทีม", "!?"}) {
    CAPTURE(name);
    const std::string slug = made(name);
    CHECK(std::regex_match(slug, own));
    CHECK(ann.get(ann.org_path() + "/teams/" + slug).json().text("name") == name);
    slugs.insert(slug);
  }
  CHECK(slugs.size() == 5);
  // What is left of another name is its slug, however little.
  CHECK(made("开发 2") == "2");
  CHECK(made("X") == "x");
}
