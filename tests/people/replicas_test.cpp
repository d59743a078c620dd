// The most pods that one service has: what is kept of it beside the deployments, held against the
// specs after whatever was done, and what the step that brought it makes of deployments from
// before.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/deployments.hpp"
#include "app/plans.hpp"
#include "tests/people/world.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using Texts = std::vector<std::string>;

const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 0> kKept(
    "kept_replicas", "SELECT name, most_replicas FROM deployments ORDER BY id");
const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 0> kForgotten(
    "forgotten_replicas", "UPDATE deployments SET most_replicas = 0");
const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 0> kOneAsDefault(
    "one_as_default", "UPDATE deployments SET spec = REPLACE(spec, '\"replicas\":1,', '')");

// The statement by which the step fills the column in.
std::string filling(bool postgres) {
  const char* folder = std::getenv("KS_SOURCE_DIR");
  REQUIRE(folder != nullptr);
  const std::ifstream in(fmt::format("{}/src/sql/migrations/0027_most_replicas/{}.sql", folder,
                                     postgres ? "postgres" : "sqlite"));
  std::ostringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  const std::size_t begin = all.find("UPDATE"), end = all.find(';', begin);
  REQUIRE(end != std::string::npos);
  return all.substr(begin, end - begin);
}

// Ann's organization on a plan without limits, and what its services were given.
struct House {
  explicit House(test::EngineCase& engine) : world(engine) {
    REQUIRE(world.administer(org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::set_plan(tx, world.stores(), scope, "enterprise"));
      return {};
    }) == "");
  }
  World world;
  const World::Person& ann = world.add_person("ann");
  OrgId org = world.found(ann, "Acme");
  struct Given {
    std::string name;
    std::map<std::string, int> replicas;  // By service.
    bool deleted = false;
    int most() const {
      int out = 0;
      for (const auto& [service, count] : replicas) out = std::max(out, count);
      return out;
    }
  };
  std::vector<Given> given;  // Oldest first.

  int below(std::size_t bound) { return static_cast<int>(world.random().below(bound)); }
  void act(const World::Act& deed) {
    // Past the bound of revisions in a minute.
    world.engine().clock().advance(seconds(3));
    REQUIRE(world.write(ann, org, deed) == "");
  }
  void create() {
    Given one{fmt::format("app-{}", given.size()), {}};
    DeploymentDraft draft;
    draft.name = one.name;
    draft.stem = one.name + "-" + random_suffix(world.random(), 10);
    for (int i = 0, last = 1 + below(3); i < last; ++i) {
      Service service;
      service.name = fmt::format("s{}", i);
      service.image = "docker.io/library/web:1";
      service.replicas = below(21);
      if (service.replicas > 0 && below(4) == 0) service.autoscale = Autoscale{1, 50};
      one.replicas[service.name] = service.replicas;
      draft.workload.services.push_back(service);
    }
    draft.workload.exposure = Exposure::internal;
    act([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::create_deployment(tx, world.stores(), {}, scope, "default", draft));
      return {};
    });
    given.push_back(std::move(one));
  }
  void change(Given& one) {
    Json services = Json::object();
    for (auto& [service, count] : one.replicas)
      if (below(2) == 0) {
        count = below(21);
        services.set(service, Json::object({{"replicas", count}}));
      }
    const Json patch = Json::object({{"services", std::move(services)}});
    act([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::change_deployment(tx, world.stores(), TemplateCatalogue({}), scope, "default",
                                      one.name, patch, std::nullopt));
      return {};
    });
  }
  void remove(Given& one) {
    act([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::delete_deployment(tx, world.stores(), scope, "default", one.name, {}));
      return {};
    });
    one.deleted = true;
  }

  void check() {
    int most = 0;
    for (const Given& one : given)
      if (!one.deleted) most = std::max(most, one.most());
    CHECK(world.read(ann, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_TRY(const auto report, app::usage(tx, world.stores(), scope));
      const auto at =
          std::ranges::find(report.items, "replicas.max", &app::UsageReport::Item::feature);
      REQUIRE(at != report.items.end());
      CHECK(at->used == most);
      return {};
    }) == "");
    for (const auto& [plan, limit] : std::map<std::string, int>{{"free", 2}, {"business", 10}}) {
      CAPTURE(plan);
      Texts over;
      for (const Given& one : given)
        if (!one.deleted && one.most() > limit) over.push_back("default/" + one.name);
      CHECK(world.administer(org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
        KS_TRY(const auto found, app::preview_plan(tx, world.stores(), scope, plan));
        CHECK(found.grown.most == most);
        CHECK(found.grown.count == std::ssize(over));
        over.resize(std::min(over.size(), kGrownNamed));
        CHECK(found.grown.names == over);
        const auto at = std::ranges::find(found.conflicts, "replicas.max", &Overrun::feature);
        CHECK((at != found.conflicts.end()) == (most > limit));
        return {};
      }) == "");
    }
  }
  std::vector<std::pair<std::string, std::int64_t>> kept() {
    std::vector<std::pair<std::string, std::int64_t>> out;
    REQUIRE(world.database().fleet_read(test::kFleet, [&](Tx& tx) -> Result<void> {
      out.clear();
      KS_TRY(const auto rows, sql::sql_tx(tx).run(test::kFleet, *kKept));
      for (const sql::Row& row : rows) out.emplace_back(row.str(0), row.integer(1));
      return {};
    }));
    return out;
  }
};

}  // namespace

TEST_CASE("the most pods of a service are those of the specs, whatever was done") {
  test::for_each_engine([](test::EngineCase& engine) {
    House house(engine);
    house.check();
    for (int i = 0; i < 40; ++i) {
      CAPTURE(i);
      const int what = house.given.empty() ? 0 : house.below(4);
      House::Given* one = nullptr;
      if (what > 0) one = &house.given[static_cast<std::size_t>(house.below(house.given.size()))];
      if (one == nullptr)
        house.create();
      else if (!one->deleted)
        what == 1 ? house.remove(*one) : house.change(*one);
      house.check();
    }
  });
}

TEST_CASE("deployments from before the upgrade count with what their specs say") {
  test::for_each_engine([](test::EngineCase& engine) {
    House house(engine);
    for (int i = 0; i < 20; ++i) house.create();
    house.remove(house.given[3]);
    const auto before = house.kept();
    REQUIRE(before.size() == 20);
    const std::string text = filling(engine.is_postgres());
    const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 0> fill("fill_replicas", text);
    const auto run = [&](const auto& statement) {
      REQUIRE(house.world.database().fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
        KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *statement));
        return {};
      }));
    };
    run(kForgotten);
    // What a spec does not say is one pod.
    run(kOneAsDefault);
    REQUIRE(house.kept() != before);
    run(fill);
    CHECK(house.kept() == before);
    house.check();
  });
}
