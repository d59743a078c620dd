#include "app/organizations.hpp"

#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/people/owned.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/life/ending.hpp"
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

// A version that has moved on is answered with the organization as it is now.
std::unexpected<Error> stale(Tx& tx, const Services& services, const TenantScope& scope,
                             Error error) {
  if (error.problem != "stale_version") return std::unexpected(std::move(error));
  auto now = app::organization(tx, services.stores, scope);
  if (!now) return std::unexpected(std::move(now).error());
  error.current = present(*now, scope).dump();
  return std::unexpected(std::move(error));
}

// Which of the caller's organizations a list is about.
Result<bool> lists_ending(const http::Request& request) {
  const auto state = request.query_value("state");
  if (!state || *state == "active") return false;
  if (*state == "deleting") return true;
  return invalid({Fault{"?state", "must be active or deleting"}});
}
}  // namespace

void mount_organizations(Router& router, Services& services) {
  router.get<Person>(
      "/api/v1/orgs", {.action = std::nullopt, .query = {"limit", "cursor", "state"}},
      [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
        KS_TRY(const bool ending, lists_ending(call.request));
        const std::string list =
            (ending ? "orgs-deleting/" : "orgs/") + caller.person().user().str();
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        // The memberships are in memory already, by slug; the page is a stretch of them.
        Page<Json> page;
        for (const Membership& m : ending ? caller.ending() : caller.memberships()) {
          if (m.slug <= wanted.after) continue;
          if (page.items.size() == static_cast<std::size_t>(wanted.limit)) {
            page.next = page.items.back().text("slug");
            break;
          }
          KS_TRY(const TenantScope scope, ending ? services.sessions.ending(caller, m.id.text())
                                                 : services.sessions.tenant(caller, m.id));
          KS_TRY(const Organization org, app::organization(tx, services.stores, scope));
          page.items.push_back(present(org, scope));
        }
        return list_reply(page, services.cursors, list, [](const Json& item) { return item; });
      });

  router.post<Person>(
      "/api/v1/orgs",
      {.action = std::nullopt, .body = Body::json, .creates = true, .deed = Action::org_found},
      [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name", "slug"});
        const std::string name = fields.required_text("name");
        const auto slug = fields.optional_text("slug");
        KS_CHECK(fields.done(app::faults_of(name, slug)));
        KS_TRY(const auto owned, owned_by(tx, caller, services));
        KS_TRY(const int ending, ending_of(tx, caller, services));
        KS_CHECK(app::check_may_found(owned, ending));
        const TenantScope scope = services.sessions.founding(caller.person());
        KS_TRY(const app::Founded made, app::found(tx, services.stores, scope, name, slug));
        KS_TRY(const Organization org, app::organization(tx, services.stores, scope));
        Reply reply = show(org, scope, 201);
        reply.location = "/api/v1/orgs/" + made.slug;
        return reply;
      });

  router.get<Member>("/api/v1/orgs/{org}", {.action = Action::org_read, .ending = true},
                     [&services](Tx& tx, const TenantScope& scope, const Call&) -> Result<Reply> {
                       KS_TRY(const Organization org,
                              app::organization(tx, services.stores, scope));
                       return show(org, scope);
                     });

  router.patch<Member>(
      "/api/v1/orgs/{org}", {.action = Action::org_update, .body = Body::json, .ending = true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name", "slug", "egress"});
        app::OrganizationPatch patch;
        patch.egress = fields.optional_egress("egress");
        patch.name = fields.optional_text("name");
        patch.slug = fields.optional_text("slug");
        KS_CHECK(fields.done(app::faults_of(patch.name, patch.slug)));
        auto org = app::change(tx, services.stores, scope, patch, call.if_match());
        if (!org) return stale(tx, services, scope, std::move(org).error());
        return show(*org, scope);
      });

  router.del<Member>(
      "/api/v1/orgs/{org}", {.action = Action::org_delete, .body = Body::json, .ending = true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name"});
        const std::string name = fields.required_text("name");
        // Who may not do it is told so whatever the body is.
        KS_CHECK(services.stores.authorizer.check(scope, Action::org_delete));
        KS_CHECK(fields.done());
        auto org = app::delete_organization(tx, services.stores, scope, name, call.if_match());
        if (!org) return stale(tx, services, scope, std::move(org).error());
        return show(*org, scope, 202);
      });

  router.post<Person>(
      "/api/v1/orgs/{org}/restore",
      {.action = Action::org_delete, .body = Body::optional_json, .deed = Action::org_update},
      [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
        auto scope = services.sessions.ending(caller, call.param("org"));
        // Restored already, by this person or the first of two clicks.
        if (!scope) scope = services.sessions.tenant(caller, call.param("org"));
        KS_CHECK(scope);
        KS_CHECK(Fields(call.body, {}).done());
        KS_TRY(const auto owned, owned_by(tx, caller, services));
        KS_TRY(const Organization org,
               app::restore_organization(tx, services.stores, *scope, owned));
        return show(org, *scope);
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
