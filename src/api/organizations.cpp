#include "app/organizations.hpp"

#include <algorithm>

#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/people/owned.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/plans.hpp"

namespace ks::api {

namespace {
Reply show(const Organization& org, const TenantScope& scope, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = present(org, scope);
  reply.version = org.version;
  return reply;
}

Result<void> check_may_found(Tx& tx, const Caller& caller, const Services& services) {
  KS_TRY(const auto owned, owned_by(tx, caller, services));
  return app::check_may_found(owned);
}
}  // namespace

void mount_organizations(Router& router, Services& services) {
  router.get<Person>(
      "/api/v1/orgs", {.action = std::nullopt, .query = {"limit", "cursor"}},
      [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
        const std::string list = "orgs/" + caller.person().user().str();
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        // The memberships are in memory already, by slug; the page is a stretch of them.
        Page<Json> page;
        for (const Membership& m : caller.memberships()) {
          if (m.slug <= wanted.after) continue;
          if (page.items.size() == static_cast<std::size_t>(wanted.limit)) {
            page.next = page.items.back().text("slug");
            break;
          }
          KS_TRY(const TenantScope scope, services.sessions.tenant(caller, m.id));
          KS_TRY(const Organization org, app::organization(tx, services.stores, scope));
          page.items.push_back(present(org, scope));
        }
        return list_reply(page, services.cursors, list, [](const Json& item) { return item; });
      });

  router.post<Person>(
      "/api/v1/orgs", {std::nullopt, Body::json, true},
      [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name", "slug"});
        const std::string name = fields.required_text("name");
        const auto slug = fields.optional_text("slug");
        KS_CHECK(fields.done());
        KS_CHECK(check_may_found(tx, caller, services));
        const TenantScope scope = services.sessions.founding(caller.person());
        KS_TRY(const app::Founded made, app::found(tx, services.stores, scope, name, slug));
        KS_TRY(const Organization org, app::organization(tx, services.stores, scope));
        Reply reply = show(org, scope, 201);
        reply.location = "/api/v1/orgs/" + made.slug;
        return reply;
      });

  router.get<Member>("/api/v1/orgs/{org}", {Action::org_read},
                     [&services](Tx& tx, const TenantScope& scope, const Call&) -> Result<Reply> {
                       KS_TRY(const Organization org,
                              app::organization(tx, services.stores, scope));
                       return show(org, scope);
                     });

  router.patch<Member>(
      "/api/v1/orgs/{org}", {Action::org_update, Body::json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name"});
        app::OrganizationPatch patch;
        patch.name = fields.optional_text("name");
        KS_CHECK(fields.done());
        auto org = app::change(tx, services.stores, scope, patch, call.if_match());
        if (!org) {
          if (org.error().problem == "stale_version") {
            KS_TRY(const Organization now, app::organization(tx, services.stores, scope));
            org.error().current = present(now, scope).dump();
          }
          return std::unexpected(std::move(org).error());
        }
        return show(*org, scope);
      });

  router.get<Member>("/api/v1/orgs/{org}/usage", {Action::org_read},
                     [&services](Tx& tx, const TenantScope& scope, const Call&) -> Result<Reply> {
                       KS_TRY(const auto report, app::usage(tx, services.stores, scope));
                       Reply reply;
                       reply.body = present(report);
                       return reply;
                     });
}

}  // namespace ks::api
