#include "api/people/invitation_json.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "api/fields.hpp"
#include "api/people/present.hpp"
#include "api/present.hpp"
#include "authz/policy.hpp"

namespace ks::api {

namespace {

// Reads rows and collects the faults of all of them, each under the pointer of its own.
class Rows {
 public:
  Rows(Tx& tx, const app::Stores& stores, const TenantScope& scope)
      : tx_(tx), stores_(stores), scope_(scope) {}

  std::vector<Fault> faults;
  std::optional<Error> failure;  // Of the database.

  void refuse(const std::string& at, std::string why) { faults.push_back({at, std::move(why)}); }
  void take(const std::string& at, Fields& fields) {
    if (auto read = fields.done(); !read)
      for (Fault& fault : read.error().faults)
        faults.push_back({at + fault.pointer, std::move(fault.message)});
  }

  OrgRole org_role_in(Fields& fields) {
    const auto role = org_role_of(fields, "org_role");
    if (role == OrgRole::owner)
      fields.refuse("org_role", "must be org_admin or org_member; ownership passes by an offer");
    return role.value_or(OrgRole::member);
  }

  std::vector<app::Wanted::InTeam> teams(const std::string& at, const Json* list) {
    std::vector<app::Wanted::InTeam> out;
    if (list == nullptr) return out;
    if (!list->is_array()) {
      refuse(at, "must be an array");
      return out;
    }
    const Json::Array& items = list->as_array();
    if (items.size() > kInvitationTeamsMax) {
      refuse(at, fmt::format("must have at most {} teams", kInvitationTeamsMax));
      return out;
    }
    for (std::size_t i = 0; i < items.size(); ++i)
      if (auto one = team(fmt::format("{}/{}", at, i), items[i], out)) out.push_back(*one);
    return out;
  }

  app::Wanted row(const std::string& at, const Json& item) {
    app::Wanted out;
    if (!item.is_object()) {
      refuse(at, "must be an object");
      return out;
    }
    Fields fields(item, {"email", "org_role", "teams", "locale"});
    out.email = fields.required_text("email");
    out.locale = fields.optional_locale("locale");
    out.role = org_role_in(fields);
    take(at, fields);
    out.teams = teams(at + "/teams", item.find("teams"));
    return out;
  }

 private:
  std::optional<app::Wanted::InTeam> team(const std::string& at, const Json& item,
                                          const std::vector<app::Wanted::InTeam>& before) {
    if (!item.is_object()) {
      refuse(at, "must be an object");
      return std::nullopt;
    }
    Fields fields(item, {"team", "role"});
    const std::string named = fields.required_text("team");
    const auto role = team_role_of(fields, "role");
    std::optional<app::Wanted::InTeam> out;
    if (!named.empty()) {
      const auto id = stores_.authorizer.find_team(tx_, scope_, named);
      const Result<void> seen = id ? stores_.authorizer.check(tx_, scope_, *id, Action::team_read)
                                   : Result<void>(std::unexpected(id.error()));
      if (!seen && seen.error().code != Error::Code::not_found) failure = seen.error();
      if (!seen)
        fields.refuse("team", "is no team that you see");
      else if (std::ranges::find(before, *id, &app::Wanted::InTeam::team) != before.end())
        fields.refuse("team", "is named twice");
      else
        out = app::Wanted::InTeam{*id, role.value_or(TeamRole::viewer)};
    }
    take(at, fields);
    return out;
  }

  Tx& tx_;
  const app::Stores& stores_;
  const TenantScope& scope_;
};

Json delivery_json(const std::optional<MailDelivery>& delivery) {
  if (!delivery) return {};
  return Json::object({{"state", name(delivery->state)},
                       {"reason", delivery->reason},
                       {"attempts", delivery->attempts},
                       {"changed_at", rfc3339(delivery->changed_at)}});
}

int life_days_of(Rows& rows, const Json& body) {
  const Json* days = body.find("expires_in_days");
  if (days == nullptr) return kInvitationDays;
  if (days->is_int() && days->as_int() >= kInvitationDaysMin &&
      days->as_int() <= kInvitationDaysMax)
    return static_cast<int>(days->as_int());
  rows.refuse("/expires_in_days", fmt::format("must be a whole number from {} to {}",
                                              kInvitationDaysMin, kInvitationDaysMax));
  return kInvitationDays;
}

}  // namespace

Json present(const app::InvitationView& view, const TenantScope& scope) {
  const Invitation& i = view.invitation;
  Json teams = Json::array();
  for (const Invitation::Part& part : i.parts)
    teams.push(Json::object({{"team", part.gone ? Json() : Json(part.slug)},
                             {"team_id", part.team.text()},
                             {"team_name", part.name},
                             {"role", name(part.role)}}));
  Json actions = Json::array();
  const bool manages = view.whole
                           ? policy::allows_on_org(scope.standing(), Action::org_invitations_manage)
                           : std::ranges::any_of(i.parts, [&](const Invitation::Part& part) {
                               return policy::allows_on_team(scope.standing(), part.team,
                                                             Action::invitations_manage);
                             });
  if (manages && i.state == InvitationState::pending)
    actions.push(name(Action::org_invitations_manage));
  return Json::object({{"id", i.id.text()},
                       {"email", i.email},
                       {"locale", name(i.locale)},
                       {"state", name(i.state)},
                       {"reason", i.reason.empty() ? Json() : Json(i.reason)},
                       {"org_role", view.whole ? Json(name(i.role)) : Json()},
                       {"teams", std::move(teams)},
                       {"invited_by", author(i.by, i.by_name)},
                       {"created_at", rfc3339(i.created_at)},
                       {"expires_at", rfc3339(i.expires_at)},
                       {"sent_at", rfc3339(i.resends.sent_at)},
                       {"settled_at", i.settled_at ? Json(rfc3339(*i.settled_at)) : Json()},
                       {"delivery", delivery_json(i.delivery)},
                       {"allowed_actions", std::move(actions)}});
}

Json present(const std::string& email, const app::Invited& invited, const TenantScope& scope) {
  return Json::object({{"email", email},
                       {"result", app::name(invited.result)},
                       {"message", invited.message.empty() ? Json() : Json(invited.message)},
                       {"invitation", invited.view ? present(*invited.view, scope) : Json()}});
}

Result<InviteBody> invite_body(Tx& tx, const app::Stores& stores, const TenantScope& scope,
                               const Json& body) {
  Rows rows(tx, stores, scope);
  Fields fields(body, {"invitations", "expires_in_days", "locale"});
  InviteBody out;
  const Json* list = body.find("invitations");
  const bool fits = list != nullptr && list->is_array() && !list->as_array().empty() &&
                    list->as_array().size() <= kInvitationsMax;
  if (list == nullptr)
    fields.refuse("invitations", "is required");
  else if (!fits)
    fields.refuse("invitations", fmt::format("must be an array of 1 to {}", kInvitationsMax));
  const auto locale = fields.optional_locale("locale");
  rows.take("", fields);
  out.life_days = life_days_of(rows, body);
  if (fits)
    for (std::size_t i = 0; i < list->as_array().size(); ++i)
      out.wanted.push_back(rows.row(fmt::format("/invitations/{}", i), list->as_array()[i]));
  if (rows.failure) return std::unexpected(std::move(*rows.failure));
  if (!rows.faults.empty()) return invalid(std::move(rows.faults));
  for (app::Wanted& one : out.wanted)
    if (!one.locale) one.locale = locale;
  return out;
}

Result<app::InvitationPatch> invitation_patch(Tx& tx, const app::Stores& stores,
                                              const TenantScope& scope, const Json& body) {
  Rows rows(tx, stores, scope);
  Fields fields(body, {"org_role", "teams", "locale"});
  app::InvitationPatch out;
  out.locale = fields.optional_locale("locale");
  const OrgRole role = rows.org_role_in(fields);
  if (body.find("org_role") != nullptr) out.role = role;
  rows.take("", fields);
  if (const Json* teams = body.find("teams")) out.teams = rows.teams("/teams", teams);
  if (rows.failure) return std::unexpected(std::move(*rows.failure));
  if (!rows.faults.empty()) return invalid(std::move(rows.faults));
  return out;
}

}  // namespace ks::api
