#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/people/address.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/life/suspension.hpp"
#include "app/ownership.hpp"
#include "app/plans.hpp"

namespace ks::api {

namespace {
Json owner_json(const std::optional<OrganizationSummary::Owner>& owner) {
  if (!owner) return {};
  return Json::object({{"id", owner->user.text()},
                       {"email", owner->email},
                       {"name", owner->name},
                       {"active", owner->active}});
}

// What a plan allows of one feature: a number, yes or no, or a word; null is without limit.
Json allowed(const Entitlements& plan, const Feature& feature) {
  if (feature.kind == FeatureKind::boolean) return Json(plan.allows(feature.key));
  if (feature.kind == FeatureKind::choice) {
    const auto word = plan.word(feature.key);
    return word ? Json(*word) : Json();
  }
  const auto limit = plan.limit(feature.key);
  return limit ? Json(*limit) : Json();
}

Json plan_json(const app::OfferedPlan& offered) {
  Json entitlements = Json::array();
  for (const Feature& feature : features())
    entitlements.push(Json::object({{"feature", feature.key},
                                    {"unit", feature.unit.empty() ? Json() : Json(feature.unit)},
                                    {"value", allowed(offered.entitlements, feature)}}));
  return Json::object({{"key", offered.plan.key},
                       {"version", offered.plan.version},
                       {"name", offered.plan.name},
                       {"entitlements", std::move(entitlements)}});
}

const FleetScope kFleet(FleetReason::platform_administration);

Json conflicts_json(const app::PlanPreview& preview) {
  Json conflicts = Json::array();
  for (const Overrun& one : preview.conflicts) {
    const Feature* feature = find_feature(one.feature);
    KS_ASSERT(feature != nullptr);
    conflicts.push(Json::object({{"feature", one.feature},
                                 {"unit", feature->unit},
                                 {"limit", one.limit},
                                 {"used", one.used}}));
  }
  // How many: what they are called is the organization's, and its mail names them.
  return Json::object(
      {{"plan", preview.plan},
       {"conflicts", std::move(conflicts)},
       {"deployments_over", preview.grown.count},
       {"egress_ranges", preview.egress_ranges ? Json(*preview.egress_ranges) : Json()}});
}

Reply shown(const Organization& org, const TenantScope& scope) {
  Reply reply;
  reply.body = present(org, scope);
  return reply;
}

void mount_suspension(Router& router, Services& services) {
  constexpr std::string_view kSuspension = "/api/v1/platform/orgs/{org}/suspension";
  router.put<PlatformAdmin>(kSuspension, {Action::orgs_suspend, Body::json},
                            [&services](const Caller& caller, const Call& call) -> Result<Reply> {
                              Fields fields(call.body, {"reason"});
                              const std::string reason = fields.required_text("reason");
                              KS_CHECK(fields.done(app::reason_faults(reason)));
                              KS_TRY(const TenantScope scope, administered(caller, call, services));
                              KS_TRY(const Organization changed, services.db.write([&](Tx& tx) {
                                return app::suspend_organization(tx, services.stores, scope,
                                                                 reason);
                              }));
                              return shown(changed, scope);
                            });
  router.del<PlatformAdmin>(kSuspension, {Action::orgs_suspend},
                            [&services](const Caller& caller, const Call& call) -> Result<Reply> {
                              KS_TRY(const TenantScope scope, administered(caller, call, services));
                              KS_TRY(const Organization changed, services.db.write([&](Tx& tx) {
                                return app::lift_suspension(tx, services.stores, scope);
                              }));
                              return shown(changed, scope);
                            });
}

}  // namespace

void mount_platform(Router& router, Services& services) {
  router.get<PlatformAdmin>(
      "/api/v1/platform/orgs", {.action = Action::orgs_list, .query = {"limit", "cursor", "name"}},
      [&services](const Caller& caller, const Call& call) -> Result<Reply> {
        const std::string prefix(call.request.query_value("name").value_or(""));
        const std::string list = "platform/orgs?" + prefix;
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto page, services.db.fleet_read(kFleet, [&](Tx& tx) {
          return services.stores.organizations.list_all(tx, kFleet, prefix, wanted);
        }));
        Page<Json> out;
        out.next = page.next;
        for (const OrganizationSummary& row : page.items) {
          KS_TRY(const TenantScope scope,
                 services.sessions.administration(caller, row.client, row.organization.id));
          Json item = present(row.organization, scope);
          item.set("owner", owner_json(row.owner));
          out.items.push_back(std::move(item));
        }
        return list_reply(out, services.cursors, list, [](const Json& item) { return item; });
      });

  router.get<PlatformAdmin>(
      "/api/v1/platform/plans", {Action::plans_read},
      [&services](const Caller& caller, const Call&) -> Result<Reply> {
        const ClientScope client = caller.person().client_scope();
        KS_TRY(const auto plans, services.db.read([&](Tx& tx) {
          return app::offered_plans(tx, services.stores, client);
        }));
        Json items = Json::array();
        for (const app::OfferedPlan& plan : plans) items.push(plan_json(plan));
        Reply reply;
        reply.body = Json::object({{"items", std::move(items)}, {"next_cursor", Json()}});
        return reply;
      });

  router.get<PlatformAdmin>("/api/v1/platform/orgs/{org}/subscription/preview",
                            {.action = Action::orgs_set_plan, .query = {"plan"}},
                            [&services](const Caller& caller, const Call& call) -> Result<Reply> {
                              const auto plan = call.request.query_value("plan");
                              if (!plan) return invalid({Fault{"?plan", "is required"}});
                              KS_TRY(const TenantScope scope, administered(caller, call, services));
                              KS_TRY(const app::PlanPreview preview, services.db.read([&](Tx& tx) {
                                return app::preview_plan(tx, services.stores, scope, *plan);
                              }));
                              Reply reply;
                              reply.body = conflicts_json(preview);
                              return reply;
                            });

  router.put<PlatformAdmin>("/api/v1/platform/orgs/{org}/subscription",
                            {Action::orgs_set_plan, Body::json},
                            [&services](const Caller& caller, const Call& call) -> Result<Reply> {
                              Fields fields(call.body, {"plan"});
                              const std::string plan = fields.required_text("plan");
                              KS_CHECK(fields.done());
                              KS_TRY(const TenantScope scope, administered(caller, call, services));
                              KS_TRY(const Organization changed, services.db.write([&](Tx& tx) {
                                return app::set_plan(tx, services.stores, scope, plan);
                              }));
                              return shown(changed, scope);
                            });

  mount_suspension(router, services);
}

}  // namespace ks::api
