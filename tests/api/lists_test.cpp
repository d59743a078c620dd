#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

std::vector<std::string> texts(const Json& list, const char* field) {
  std::vector<std::string> out;
  for (const Json& item : list.at("items").as_array()) out.emplace_back(item.text(field));
  return out;
}

// All items, page by page, as next_cursor says.
std::vector<std::string> walk(Person& person, const std::string& path, const std::string& query,
                              const char* field) {
  std::vector<std::string> out;
  std::string cursor;
  for (int pages = 0; pages < 50; ++pages) {
    const Json page =
        person.get(path + "?" + query + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    for (auto& text : texts(page, field)) out.push_back(std::move(text));
    if (page.at("next_cursor").is_null()) return out;
    cursor = page.text("next_cursor");
  }
  FAIL("the list has no end");
  return out;
}

// All items, page by page, as the field Link says.
std::vector<std::string> follow(Person& person, const std::string& path, const std::string& query,
                                const char* field) {
  std::vector<std::string> out;
  std::string target = path + "?" + query;
  for (int pages = 0; pages < 50; ++pages) {
    const Reply reply = person.get(target);
    REQUIRE(reply.status == 200);
    for (auto& text : texts(reply.json(), field)) out.push_back(std::move(text));
    const auto link = reply.header("link");
    CHECK(link.has_value() == reply.json().at("next_cursor").is_string());
    if (!link) return out;
    REQUIRE(link->ends_with(">; rel=\"next\""));
    const std::string reference = link->substr(1, link->find('>') - 1);
    target = reference.starts_with('?') ? path + reference : reference;
  }
  FAIL("the list has no end");
  return out;
}

Person with_deployments(Server& server, int count) {
  Person ann = server.somebody();
  server.raise(ann, "enterprise");
  for (int i = 0; i < count; ++i) ann.deploy((i % 2 == 0 ? "even-" : "odd-") + std::to_string(i));
  return ann;
}

}  // namespace

TEST_CASE("a list in pages has every item once, in order") {
  Server server;
  Person ann = with_deployments(server, 7);
  const auto whole = texts(ann.get(ann.deployments_path()).json(), "name");
  REQUIRE(whole.size() == 7);
  CHECK(std::ranges::is_sorted(whole));
  for (const char* limit : {"limit=1", "limit=2", "limit=3", "limit=7", "limit=200"}) {
    CAPTURE(limit);
    CHECK(walk(ann, ann.deployments_path(), limit, "name") == whole);
    CHECK(follow(ann, ann.deployments_path(), limit, "name") == whole);
  }
  CHECK(ann.get(ann.deployments_path() + "?limit=7").json().at("next_cursor").is_null());

  for (const char* name : {"a", "b", "c"})
    REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", name}})).status == 201);
  CHECK(walk(ann, ann.org_path() + "/teams", "limit=1", "slug") ==
        std::vector<std::string>{"a", "b", "c", "default"});
  CHECK(follow(ann, ann.org_path() + "/teams", "limit=3", "slug") ==
        std::vector<std::string>{"a", "b", "c", "default"});
}

TEST_CASE("a page of large deployments ends early, and the list goes on") {
  Server server;
  Person ann = server.somebody();
  server.raise(ann, "enterprise");
  Json env = Json::object();
  for (int i = 0; i < 15; ++i) env.set("PART_" + std::to_string(i), std::string(32 * 1024, 'x'));
  for (int i = 0; i < 11; ++i)
    ann.deploy("large-" + std::to_string(10 + i), Json::object({{"env", env}}));
  // Past the contract's check, whose expressions do not take texts of this length.
  const auto page = [&](const std::string& from) {
    return send(server.port(), {"GET",
                                ann.deployments_path() + "?limit=200" + from,
                                {{"Cookie", ann.cookie}},
                                std::nullopt});
  };
  std::vector<std::string> names;
  std::string cursor;
  int pages = 0;
  do {
    const Reply reply = page(cursor);
    CHECK(reply.body.size() <= std::size_t{6} << 20);
    for (auto& name : texts(reply.json(), "name")) names.push_back(std::move(name));
    cursor = reply.json().at("next_cursor").is_null()
                 ? ""
                 : "&cursor=" + std::string(reply.json().text("next_cursor"));
  } while (++pages < 10 && !cursor.empty());
  CHECK(pages == 3);
  CHECK(names.size() == 11);
  CHECK(std::ranges::adjacent_find(names, std::ranges::greater_equal{}) == names.end());
}

TEST_CASE("a filter by name holds over all pages") {
  Server server;
  Person ann = with_deployments(server, 7);
  const std::vector<std::string> even = {"even-0", "even-2", "even-4", "even-6"};
  CHECK(walk(ann, ann.deployments_path(), "name=even&limit=1", "name") == even);
  CHECK(follow(ann, ann.deployments_path(), "name=even&limit=3", "name") == even);
  CHECK(walk(ann, ann.deployments_path(), "name=even-4", "name") ==
        std::vector<std::string>{"even-4"});
  for (const char* none : {"name=nothing", "name=%25", "name=_", "name=even%25", "name=EVEN"}) {
    CAPTURE(none);
    CHECK(walk(ann, ann.deployments_path(), none, "name").empty());
  }
}

TEST_CASE("organizations come in pages, to members and to administrators of the platform") {
  Server server;
  Person root = server.administrator();
  std::vector<std::string> slugs;
  for (const char* name : {"Ann", "Ben", "Cleo"}) slugs.push_back(server.somebody(name).org);
  CHECK(walk(root, "/api/v1/platform/orgs", "limit=1", "slug").size() == 3);
  auto all = walk(root, "/api/v1/platform/orgs", "limit=2", "slug");
  std::ranges::sort(all);
  CHECK(all == slugs);

  Person dora = server.somebody("Dora");
  server.raise(dora, "business");
  REQUIRE(
      dora.post("/api/v1/orgs", Json::object({{"name", "Another"}, {"slug", "another"}})).status ==
      201);
  CHECK(walk(dora, "/api/v1/orgs", "limit=1", "slug") ==
        std::vector<std::string>{"another", dora.org});
}

TEST_CASE("administrators find an organization by its name or slug, and who owns it") {
  on_both([](Server& server) {
    Person root = server.administrator();
    Person ann = server.somebody("Ann");
    Person ben = server.somebody("Ben");
    REQUIRE(ann.patch(ann.org_path(), Json::object({{"name", "Zebra Works"}, {"slug", "shop"}}))
                .status == 200);
    const std::string path = "/api/v1/platform/orgs";
    const auto found = [&](const std::string& name) {
      return walk(root, path, "limit=1&name=" + name, "slug");
    };
    for (const char* name : {"zebra", "ZEBRA%20w", "sho", "Shop"}) {
      CAPTURE(name);
      CHECK(found(name) == std::vector<std::string>{"shop"});
    }
    CHECK(found("").size() == 2);
    for (const char* none : {"ebra", "%25", "_ebra", "works"}) CHECK(found(none).empty());
    const auto owner = [&] {
      return root.get(path + "?name=zebra").json().at("items").as_array()[0].at("owner");
    };
    CHECK(owner() ==
          Json::object({{"id", ann.id}, {"email", ann.email}, {"name", "Ann"}, {"active", true}}));
    server.execute("UPDATE users SET state = 'disabled' WHERE id = '" + ann.id + "'");
    CHECK(owner().at("active") == Json(false));
    server.execute("DELETE FROM org_members WHERE user_id = '" + ann.id + "'");
    CHECK(owner().is_null());
    // Members are told nothing of this by their own list.
    CHECK(ben.get("/api/v1/orgs").json().at("items").as_array()[0].find("owner") == nullptr);
    CHECK(ben.get(path + "?name=zebra").status == 404);
    const std::string cursor(root.get(path + "?limit=1").json().text("next_cursor"));
    CHECK(root.get(path + "?limit=1&name=zebra&cursor=" + cursor).status == 422);
  });
}

TEST_CASE("a limit is a number from 1 to 200") {
  Server server;
  Person ann = server.somebody();
  Person root = server.administrator();
  for (const char* limit :
       {"0", "201", "-1", "1.5", "abc", "", "1e1", "%2B1", "99999999999999999999", "0x10"}) {
    CAPTURE(limit);
    for (const auto& path :
         {std::string("/api/v1/orgs"), ann.org_path() + "/teams", ann.deployments_path()}) {
      const Reply reply = ann.get(path + "?limit=" + limit);
      CHECK(reply.status == 422);
      CHECK(reply.json().at("errors").as_array()[0].text("pointer") == "?limit");
    }
    CHECK(root.get(std::string("/api/v1/platform/orgs?limit=") + limit).status == 422);
  }
  for (const char* limit : {"1", "200"})
    CHECK(ann.get(std::string("/api/v1/orgs?limit=") + limit).status == 200);
}

TEST_CASE("a cursor can be neither changed nor made up") {
  Server server;
  Person ann = with_deployments(server, 3);
  const std::string path = ann.deployments_path() + "?limit=1&cursor=";
  const std::string cursor(ann.get(ann.deployments_path() + "?limit=1").json().text("next_cursor"));
  REQUIRE(ann.get(path + cursor).status == 200);
  // Opaque: it does not show what it stands for.
  CHECK(cursor.find("even") == std::string::npos);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(changed);
    const Reply reply = ann.get(path + changed);
    CHECK(reply.status == 422);
    CHECK(reply.json().at("errors").as_array()[0].text("pointer") == "?cursor");
  }
  for (const std::string& made_up :
       {std::string(), std::string("even-0"), std::string("ZXZlbi0w"), cursor + "A",
        cursor.substr(1), cursor.substr(0, cursor.size() - 1), std::string(10'00, 'A')}) {
    CAPTURE(made_up);
    CHECK(ann.get(path + made_up).status == 422);
  }
}

TEST_CASE("a cursor works for its own list, filter and tenant only") {
  Server server;
  Person ann = with_deployments(server, 3);
  Person ben = with_deployments(server, 3);
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  const auto first = [](Person& who, const std::string& path) {
    const std::string joint = path.find('?') == std::string::npos ? "?" : "&";
    return std::string(who.get(path + joint + "limit=1").json().text("next_cursor"));
  };
  const std::string of_deployments = first(ann, ann.deployments_path());
  const std::string of_teams = first(ann, ann.org_path() + "/teams");
  const std::string of_filter = first(ann, ann.deployments_path() + "?name=e");
  const std::string of_ben = first(ben, ben.deployments_path());
  const auto status = [&](const std::string& path, const std::string& cursor) {
    REQUIRE_FALSE(cursor.empty());
    return ann.get(path + (path.find('?') == std::string::npos ? "?" : "&") + "cursor=" + cursor)
        .status;
  };
  CHECK(status(ann.deployments_path(), of_deployments) == 200);
  CHECK(status(ann.deployments_path() + "?name=e", of_filter) == 200);
  CHECK(status(ann.deployments_path(), of_teams) == 422);
  CHECK(status(ann.deployments_path(), of_filter) == 422);
  CHECK(status(ann.deployments_path() + "?name=e", of_deployments) == 422);
  CHECK(status(ann.deployments_path(), of_ben) == 422);
  CHECK(status(ann.org_path() + "/teams", of_deployments) == 422);
  CHECK(status("/api/v1/orgs", of_teams) == 422);
}
