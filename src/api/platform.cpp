#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/plans.hpp"

namespace ks::api {

void mount_platform(Router& router, Services& services) {
  static const FleetScope kFleet(FleetReason::platform_administration);

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

  router.put<PlatformAdmin>(
      "/api/v1/platform/orgs/{org}/subscription", {Action::orgs_set_plan, Body::json},
      [&services](const Caller& caller, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"plan"});
        const std::string plan = fields.required_text("plan");
        KS_CHECK(fields.done());
        const ClientId client = caller.person().client();
        KS_TRY(const auto org, services.db.fleet_read(kFleet, [&](Tx& tx) {
          return services.stores.organizations.find_any(tx, kFleet, client, call.param("org"));
        }));
        if (!org) return not_found();
        KS_TRY(const TenantScope scope, services.sessions.administration(caller, *org));
        KS_TRY(const Organization changed, services.db.write([&](Tx& tx) {
          return app::set_plan(tx, services.stores, scope, plan);
        }));
        Reply reply;
        reply.body = present(changed, scope);
        return reply;
      });
}

}  // namespace ks::api
