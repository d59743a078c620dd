// Deployments as they are written from kept texts, held against the representation made afresh from
// the row: after every kind of change, for callers of different roles, beside twins.
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "tests/api/texts_world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// As a caller or a cluster may have it; characters that JSON and HTML escape among them.
std::string some_words() {
  const auto letter = rc::gen::element<char>('a', 'Z', '0', ' ', '"', '\\', '<', '&', '\n', '\x7f');
  return *rc::gen::container<std::string>(letter);
}

Service some_service(const std::string& name) {
  Service s;
  s.name = name;
  s.image = "nginx:" + std::to_string(*rc::gen::inRange(1, 9));
  if (*rc::gen::arbitrary<bool>()) s.port = *rc::gen::inRange(1, 65536);
  s.replicas = *rc::gen::inRange(0, 4);
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) s.env["K" + std::to_string(i)] = some_words();
  s.resources.cpu_milli_limit = *rc::gen::inRange(1, 4000);
  s.resources.memory_bytes_limit = *rc::gen::inRange<std::int64_t>(1, std::int64_t{1} << 40);
  return s;
}

Workload some_workload() {
  Workload w;
  const int services = *rc::gen::inRange(1, 4);
  for (int i = 0; i < services; ++i) w.services.push_back(some_service("s" + std::to_string(i)));
  w.exposure = *rc::gen::arbitrary<bool>() ? Exposure::public_ : Exposure::internal;
  if (*rc::gen::arbitrary<bool>()) w.ingress_service = "s0";
  return w;
}

Workload some_small_workload() {
  Service web;
  web.name = "web";
  web.image = "nginx:1";
  web.port = 8080;
  Workload w;
  w.services.push_back(web);
  return w;
}

Json some_status() {
  Json services = Json::object();
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    Json live = Json::object();
    if (*rc::gen::arbitrary<bool>()) live.set("ready", *rc::gen::inRange(0, 4));
    if (*rc::gen::arbitrary<bool>()) live.set("restarts", *rc::gen::inRange(0, 900));
    if (*rc::gen::arbitrary<bool>())
      live.set("last_termination", Json::object({{"reason", some_words()}, {"exit_code", 137}}));
    services.set("s" + std::to_string(i - 1), std::move(live));
  }
  return Json::object({{"services", std::move(services)}});
}

Phase some_phase() { return *rc::gen::element(Phase::pending, Phase::ready, Phase::error); }

}  // namespace

TEST_CASE("whatever was changed, a deployment is written as its row is, to each caller") {
  for_each_engine([](EngineCase& engine) {
    TextsWorld world(engine);
    const auto ann = world.person("Ann");
    const auto vera = world.person("Vera");
    const bool held = rc::check(engine.name(), [&] {
      const OrgId org = world.found(ann);
      world.join(ann, org, vera, TeamRole::viewer);
      const DeploymentId id = world.create(ann, org, "web", some_workload()).id;
      for (int step = *rc::gen::inRange(1, 8); step > 0; --step) {
        world.check(ann, org, id);
        world.check(vera, org, id);
        engine.clock().advance(milliseconds(1));
        switch (*rc::gen::inRange(0, 5)) {
          case 0:
            world.revise(ann, org, id, some_workload());
            break;
          case 1:
            world.set_status(org, id, some_phase(), some_words(), some_words(), some_status());
            break;
          case 2:
            world.rename(ann, some_words());
            break;
          case 3:
            world.set_status(org, id, Phase::ready, "", "", some_status());
            break;
          default:
            world.begin_delete(ann, org, id);
        }
      }
      world.check(vera, org, id);
      world.check(ann, org, id);
    });
    CHECK(held);
  });
}

TEST_CASE("each single change of a deployment is seen at once") {
  for_each_engine([](EngineCase& engine) {
    TextsWorld world(engine);
    const auto ann = world.person("Ann");
    const OrgId org = world.found(ann);
    Workload workload = some_small_workload();
    const DeploymentId id = world.create(ann, org, "web", workload).id;
    const auto status = [](int ready) {
      return Json::object(
          {{"services", Json::object({{"web", Json::object({{"ready", ready}})}})}});
    };
    workload.services[0].image = "nginx:2";
    const std::vector<std::function<void()>> changes{
        [&] { world.set_status(org, id, Phase::pending, "", "", status(0)); },
        [&] { world.set_status(org, id, Phase::pending, "", "", status(1)); },
        [&] { world.set_status(org, id, Phase::ready, "", "", status(1)); },
        [&] { world.set_status(org, id, Phase::ready, "Why", "", status(1)); },
        [&] { world.set_status(org, id, Phase::ready, "Why", "How", status(1)); },
        [&] { world.rename(ann, "Anne"); },
        [&] { REQUIRE(world.revise(ann, org, id, workload)); },
        [&] { REQUIRE(world.begin_delete(ann, org, id)); }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
      CAPTURE(i);
      world.check(ann, org, id);
      const std::string before = world.written(ann, org, id);
      changes[i]();
      // The first one writes for itself what the row had by default.
      if (i > 0) CHECK(world.written(ann, org, id) != before);
      world.check(ann, org, id);
    }
  });
}

TEST_CASE("what one caller is told they may do is not told to another") {
  for_each_engine([](EngineCase& engine) {
    TextsWorld world(engine);
    const auto ann = world.person("Ann");
    const OrgId org = world.found(ann);
    const auto vera = world.person("Vera");
    world.join(ann, org, vera, TeamRole::viewer);
    const DeploymentId id = world.create(ann, org, "web", some_small_workload()).id;
    const auto may_delete = [&](const TextsWorld::Person& who) {
      const std::string written = world.written(who, org, id);
      const std::size_t allowed = written.find(R"("allowed_actions":[)");
      REQUIRE(allowed != std::string::npos);
      CHECK(written.find("\"deployments:read\"", allowed) != std::string::npos);
      return written.find("\"deployments:delete\"", allowed) != std::string::npos;
    };
    for (int i = 0; i < 3; ++i) {
      CHECK(may_delete(ann));
      CHECK(!may_delete(vera));
    }
    world.set_role(org, vera, TeamRole::developer);
    CHECK(may_delete(vera));
    world.set_role(org, vera, TeamRole::viewer);
    CHECK(!may_delete(vera));
  });
}

TEST_CASE("twins with one id, name and stamp in two organizations are never mixed up") {
  for_each_engine([](EngineCase& engine) {
    TextsWorld world(engine);
    const auto ann = world.person("Same");
    const auto bob = world.person("Same");
    const OrgId anns = world.found(ann);
    const OrgId bobs = world.found(bob);
    Workload workload = some_small_workload();
    const DeploymentId id = world.create(ann, anns, "web", workload).id;
    workload.services[0].env["OWNER"] = "bob";
    REQUIRE(world.create(bob, bobs, "web", workload, id).id == id);
    for (int i = 0; i < 2; ++i) {
      world.check(ann, anns, id);
      world.check(bob, bobs, id);
      CHECK(world.written(ann, anns, id).find("OWNER") == std::string::npos);
      CHECK(world.written(bob, bobs, id).find("OWNER") != std::string::npos);
    }
  });
}

TEST_CASE("where nothing has room, everything is written from its row") {
  EngineCase engine(EngineCase::Kind::sqlite_memory);
  TextsWorld world(engine);
  const auto ann = world.person("Ann");
  const OrgId org = world.found(ann);
  const DeploymentId id = world.create(ann, org, "web", some_small_workload()).id;
  api::DeploymentTexts none(1);
  const DeploymentRow row = world.row(ann, org, id);
  const TenantScope scope = kFleet.tenant(platform_client(), org);
  CHECK(*none.keep(scope, stamp_of(row), "{") == "{");
  CHECK(none.find(scope, stamp_of(row)) == nullptr);
  CHECK(*world.texts.keep(scope, stamp_of(row), "{") == "{");
  CHECK(world.texts.find(scope, stamp_of(row)) != nullptr);
}

TEST_CASE("no statement changes what a deployment shows without changing its stamp") {
  const auto assigns = [](std::string_view text, std::string_view column) {
    const std::string assignment = " " + std::string(column) + " = ";
    const std::size_t set = text.find(" SET ");
    return text.substr(set, text.find(" WHERE ") - set).find(assignment) != std::string_view::npos;
  };
  int seen = 0;
  for (const sql::StatementText* statement : sql::all_statements()) {
    CAPTURE(statement->name);
    const std::string_view text = statement->sqlite;
    if (text.starts_with("UPDATE sandboxes ")) CHECK(!assigns(text, "namespace"));
    if (!text.starts_with("UPDATE deployments ")) continue;
    ++seen;
    for (const char* shown : {"id", "team_id", "name", "stem", "template", "spec", "revision",
                              "deleting", "created_by", "created_at", "updated_at"})
      if (assigns(text, shown))
        CHECK(text.find(" version = version + 1") != std::string_view::npos);
  }
  CHECK(seen > 3);
}
