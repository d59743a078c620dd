#include "app/removal.hpp"

#include "api/api.hpp"
#include "api/people/present.hpp"
#include "api/router.hpp"
#include "app/members.hpp"

namespace ks::api {

namespace {

Reply no_content() {
  Reply reply;
  reply.status = 204;
  return reply;
}

Json preview_json(const app::RemovalPreview& preview, const TenantScope& scope) {
  Json effects = Json::array();
  for (const auto& item : preview.items)
    effects.push(Json::object({{"thing", item.effect->thing},
                               {"outcome", item.effect->outcome},
                               {"meaning", item.effect->meaning},
                               {"count", item.count ? Json(*item.count) : Json()}}));
  return Json::object(
      {{"member", present(preview.member, scope)}, {"effects", std::move(effects)}});
}

Json reinstated_json(const app::Reinstated& back, const TenantScope& scope) {
  Json left_out = Json::array();
  for (const MemberRow::InTeam& team : back.left_out)
    left_out.push(Json::object(
        {{"team", team.slug}, {"team_id", team.team.text()}, {"team_name", team.name}}));
  return Json::object({{"member", present(back.member, scope)}, {"left_out", std::move(left_out)}});
}

}  // namespace

void mount_removal(Router& router, Services& services) {
  constexpr std::string_view kOne = "/api/v1/orgs/{org}/members/{user}";

  router.del<Member>(
      kOne, {.action = Action::org_members_manage, .query = {"confirm"}, .takes_rights = true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(services.stores.authorizer.check(scope, Action::org_members_manage));
        KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
        KS_TRY(const bool confirmed, confirmed_in_query(call.request));
        auto removed =
            app::remove_member(tx, services.stores, scope, person, confirmed, call.if_match());
        if (removed) return no_content();
        if (removed.error().problem == "stale_version") {
          KS_TRY(const MemberRow now, app::member(tx, services.stores, scope, person));
          removed.error().current = present(now, scope).dump();
        }
        return std::unexpected(std::move(removed).error());
      });

  router.get<Member>(
      "/api/v1/orgs/{org}/members/{user}/removal", {Action::org_members_manage},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(services.stores.authorizer.check(scope, Action::org_members_manage));
        KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
        KS_TRY(const auto preview, app::preview_removal(tx, services.stores, scope, person));
        Reply reply;
        reply.body = preview_json(preview, scope);
        return reply;
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/members/{user}/reinstate",
      {Action::org_members_manage, Body::optional_json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(services.stores.authorizer.check(scope, Action::org_members_manage));
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        const auto person = app::person_ref(call.param("user"));
        if (!person)
          return app::not_removed_here(
              "user: must be an id or an e-mail address, such as ann@example.com.");
        KS_TRY(const auto back, app::reinstate(tx, services.stores, scope, *person));
        Reply reply;
        reply.body = reinstated_json(back, scope);
        return reply;
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/leave",
      {.action = std::nullopt, .body = Body::optional_json, .deed = Action::org_members_manage},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        KS_CHECK(app::leave(tx, services.stores, scope));
        return no_content();
      });
}

}  // namespace ks::api
