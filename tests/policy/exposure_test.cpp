#include <array>
#include <optional>

#include "tests/policy/lists_world.hpp"

namespace ks::test {

namespace {

constexpr std::array kExposures = {Exposure::public_, Exposure::internal};

// A deployment of the template, made as it says; then every exposure is asked of it.
void check_template(ListsWorld& world, EngineCase& engine, const TemplateCatalogue& templates,
                    const Template& t) {
  CAPTURE(t.name);
  Database& db = engine.database();
  const User& owner = world.users[0];
  const OrgAt& org = world.orgs[0];
  const std::string team = org.teams[0].slug;
  const auto write = [&](auto act) {
    return db.write([&](Tx& tx) -> Result<DeploymentRow> {
      static const auto kTrail = std::make_shared<const Trail>(Trail{"test", "192.0.2.1"});
      KS_TRY(const Caller by, world.gate().load_in(tx, client_scope(), owner.token, kTrail));
      KS_TRY(const TenantScope scope, world.gate().tenant(by, org.id));
      return act(tx, scope);
    });
  };
  SeededRandom random(1);
  Json inputs = Json::object();
  for (const TemplateInput& input : t.inputs)
    if (input.required) inputs.set(input.name, "x");
  const auto draft = draft_from_json(
      Json::object({{"name", t.name}, {"template", t.name}, {"inputs", std::move(inputs)}}),
      templates, random);
  REQUIRE(draft);
  const auto made = write([&](Tx& tx, const TenantScope& scope) -> Result<DeploymentRow> {
    KS_TRY(auto created, app::create_deployment(tx, world.stores(), {}, scope, team, *draft));
    return std::move(created.row);
  });
  REQUIRE(made);
  for (const Exposure first : kExposures)
    for (const Exposure second : kExposures)
      for (const Exposure wish : {first, second}) {
        engine.clock().advance(minutes(1));
        const auto changed = write([&](Tx& tx, const TenantScope& scope) {
          return app::change_deployment(tx, world.stores(), templates, scope, team, t.name,
                                        Json::object({{"exposure", name(wish)}}), std::nullopt);
        });
        const auto kept = write([&](Tx& tx, const TenantScope& scope) {
          return app::deployment(tx, world.stores(), scope, team, t.name);
        });
        REQUIRE(kept);
        if (wish == Exposure::public_ && !t.ingress) {
          REQUIRE_FALSE(changed);
          CHECK(changed.error().code == Error::Code::invalid);
          REQUIRE(changed.error().faults.size() == 1);
          CHECK(changed.error().faults[0].pointer == "/exposure");
          CHECK(kept->workload == made->workload);
          CHECK(kept->revision == made->revision);
          continue;
        }
        REQUIRE(changed);
        CHECK(kept->workload == changed->workload);
        CHECK(kept->workload.exposure == wish);
        CHECK(kept->workload.ingress_service ==
              (wish == Exposure::public_ ? t.ingress->service : ""));
      }
}

}  // namespace

TEST_CASE("a deployment is never changed to have a URL that its template does not give it") {
  for_each_engine([](EngineCase& engine) {
    ListsWorld world(engine, 1);
    const TemplateCatalogue templates = TemplateCatalogue::system();
    for (const Template& t : templates.list()) check_template(world, engine, templates, t);
  });
}

}  // namespace ks::test
