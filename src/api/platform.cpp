#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/life/suspension.hpp"
#include "app/plans.hpp"

namespace ks::api {

namespace {

const FleetScope kFleet(FleetReason::platform_administration);

// The organization that the path names, as who acts on it from above.
Result<TenantScope> administered(const Caller& caller, const Call& call, const Services& services) {
  const ClientId client = caller.person().client();
  KS_TRY(const auto org, services.db.fleet_read(kFleet, [&](Tx& tx) {
    return services.stores.organizations.find_any(tx, kFleet, client, call.param("org"));
  }));
  if (!org) return not_found();
  return services.sessions.administration(caller, *org);
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
                              KS_CHECK(fields.done());
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
      "/api/v1/platform/orgs", {.action = Action::orgs_list, .query = {"limit", "cursor"}},
      [&services](const Caller& caller, const Call& call) -> Result<Reply> {
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, "platform/orgs"));
        KS_TRY(const auto page, services.db.fleet_read(kFleet, [&](Tx& tx) {
          return services.stores.organizations.list_all(tx, kFleet, wanted);
        }));
        Page<Json> out;
        out.next = page.next;
        for (const OrganizationSummary& row : page.items) {
          KS_TRY(const TenantScope scope,
                 services.sessions.administration(caller, row.client, row.organization.id));
          out.items.push_back(present(row.organization, scope));
        }
        return list_reply(out, services.cursors, "platform/orgs",
                          [](const Json& item) { return item; });
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
