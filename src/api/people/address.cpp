#include "api/people/address.hpp"

#include <fmt/format.h>

#include "api/admission/limits.hpp"
#include "app/organizations.hpp"
#include "app/teams.hpp"

namespace ks::api {

Result<TenantScope> organization_before(Tx& tx, const Caller& caller, std::string_view org,
                                        const Services& services) {
  KS_TRY(const auto before,
         app::organization_before(tx, services.stores, caller.person().client_scope(), org));
  if (!before) return not_found();
  return services.sessions.tenant(caller, *before);
}

Result<Call> team_before(Tx& tx, const TenantScope& scope, const Call& call,
                         const Services& services) {
  const std::string_view slug = call.param("team");
  if (slug.empty()) return not_found();
  KS_TRY(const auto before, app::team_before(tx, services.stores, scope, slug));
  if (!before) return not_found();
  return Call{call.request, Json::object(), before->str()};
}

namespace {
constexpr std::string_view kUnchanged = " Nothing is changed under a slug of before.";

std::string slug_now(std::string_view thing, std::string_view slug) {
  return fmt::format(" The slug of the {} is {} now.", thing, slug);
}

std::string slugs_seen(Tx& tx, const Caller& caller, const Call& call, const Services& services) {
  std::string out;
  const auto add = [&](std::string_view thing, std::string_view slug) {
    if (out.empty()) out += kUnchanged;
    out += slug_now(thing, slug);
  };
  auto scope = services.sessions.tenant(caller, call.param("org"));
  if (!scope) {
    scope = organization_before(tx, caller, call.param("org"), services);
    if (!scope) return out;
    const auto may_read = services.stores.authorizer.require<Action::org_read>(*scope);
    if (!may_read) return out;
    if (const auto org = services.stores.organizations.get(tx, *may_read))
      add("organization", org->slug);
  }
  const std::string_view team = call.param("team");
  if (team.empty() || services.stores.authorizer.find_team(tx, *scope, team)) return out;
  const auto before = app::team_before(tx, services.stores, *scope, team);
  if (!before || !*before) return out;
  if (const auto now = app::team(tx, services.stores, *scope, (*before)->str()))
    add("team", now->slug);
  return out;
}
}  // namespace

std::string slugs_now(const Caller& caller, const Call& call, const Services& services) {
  const auto said = services.db.read(caller.guard(), [&](Tx& tx) -> Result<std::string> {
    return slugs_seen(tx, caller, call, services);
  });
  return said.value_or("");
}

Result<TenantScope> administered(const Caller& caller, const Call& call, const Services& services) {
  static const FleetScope kFleet(FleetReason::platform_administration);
  const ClientScope client = caller.person().client_scope();
  const std::string_view named = call.param("org");
  KS_TRY(auto org, services.db.fleet_read(kFleet, [&](Tx& tx) {
    return services.stores.organizations.find_any(tx, kFleet, client.client(), named);
  }));
  if (org) return services.sessions.administration(caller, *org);
  KS_TRY(org, services.db.read([&](Tx& tx) {
    return app::organization_before(tx, services.stores, client, named);
  }));
  if (!org) return not_found();
  KS_TRY(TenantScope scope, services.sessions.administration(caller, *org));
  if (kind_of(call.request.method) == RequestLimits::Kind::read) return scope;
  KS_TRY(const auto may_set, services.stores.authorizer.require<Action::orgs_set_plan>(scope));
  KS_TRY(const Organization now, services.db.read([&](Tx& tx) {
    return services.stores.organizations.get_for_administration(tx, may_set);
  }));
  auto unchanged = not_found();
  unchanged.error().message += kUnchanged;
  unchanged.error().message += slug_now("organization", now.slug);
  return unchanged;
}

}  // namespace ks::api
