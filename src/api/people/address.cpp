#include "api/people/address.hpp"

#include <fmt/format.h>

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

std::string slugs_now(Tx& tx, const Caller& caller, const Call& call, const Services& services) {
  std::string out;
  const auto add = [&](std::string_view thing, std::string_view slug) {
    out += out.empty() ? " Nothing is changed under a slug of before." : "";
    out += fmt::format(" The slug of the {} is {} now.", thing, slug);
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

}  // namespace ks::api
