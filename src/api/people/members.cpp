#include "app/members.hpp"

#include "api/api.hpp"
#include "api/lists.hpp"
#include "api/people/present.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {

Reply show(const MemberRow& member, const TenantScope& scope) {
  Reply reply;
  reply.body = present(member, scope);
  reply.version = member.version;
  return reply;
}

// A stale version comes with what is there now.
Result<Reply> show_or_explain(Result<MemberRow> row, Tx& tx, const TenantScope& scope,
                              const Services& services, const PersonRef& person) {
  if (row) return show(*row, scope);
  if (row.error().problem == "stale_version") {
    KS_TRY(const MemberRow now, app::member(tx, services.stores, scope, person));
    row.error().current = present(now, scope).dump();
  }
  return std::unexpected(std::move(row).error());
}

// The page with the one member of that address, or with nobody.
Result<Page<MemberRow>> by_address(Tx& tx, const Services& services, const TenantScope& scope,
                                   std::string_view address) {
  Page<MemberRow> page;
  const auto person = app::person_ref(address);
  // An id is no address.
  if (person && person->id) return page;
  auto found = person ? app::member(tx, services.stores, scope, *person)
                      : Result<MemberRow>(std::unexpected(person.error()));
  if (!found) {
    KS_CHECK(services.stores.authorizer.check(scope, Action::org_members_read));
    if (found.error().code == Error::Code::not_found) return page;
    return std::unexpected(std::move(found).error());
  }
  page.items.push_back(std::move(*found));
  return page;
}

}  // namespace

void mount_members(Router& router, Services& services) {
  constexpr std::string_view kMany = "/api/v1/orgs/{org}/members";
  constexpr std::string_view kOne = "/api/v1/orgs/{org}/members/{user}";

  router.get<Member>(
      kMany, {.action = Action::org_members_read, .query = {"limit", "cursor", "name", "email"}},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        const PeopleFilter filter{std::string(call.request.query_value("name").value_or(""))};
        const std::string list = "members/" + scope.org().str() + "?" + filter.name_prefix;
        const auto show_one = [&](const MemberRow& row) { return present(row, scope); };
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        if (const auto email = call.request.query_value("email")) {
          KS_TRY(const auto page, by_address(tx, services, scope, *email));
          return list_reply(page, services.cursors, list, show_one);
        }
        KS_TRY(const auto page, app::members(tx, services.stores, scope, filter, wanted));
        return list_reply(page, services.cursors, list, show_one);
      });

  router.get<Member>(
      kOne, {Action::org_members_read},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(services.stores.authorizer.check(scope, Action::org_members_read));
        KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
        KS_TRY(const MemberRow row, app::member(tx, services.stores, scope, person));
        return show(row, scope);
      });

  router.patch<Member>(
      kOne, {.action = Action::org_members_manage, .body = Body::json, .takes_rights = true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(services.stores.authorizer.check(scope, Action::org_members_manage));
        Fields fields(call.body, {"org_role", "confirm"});
        const auto role = org_role_of(fields, "org_role");
        const bool confirmed = fields.optional_flag("confirm").value_or(false);
        KS_CHECK(fields.done());
        KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
        return show_or_explain(app::change_member(tx, services.stores, scope, person,
                                                  {role, confirmed}, call.if_match()),
                               tx, scope, services, person);
      });
}

}  // namespace ks::api
