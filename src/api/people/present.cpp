#include "api/people/present.hpp"

#include "api/present.hpp"
#include "authz/grants.hpp"
#include "authz/policy.hpp"

namespace ks::api {

namespace {

template <class Row>
Json person(const Row& row) {
  return Json::object({{"id", row.user.text()}, {"email", row.email}, {"name", row.name}});
}

Json time_or_null(const std::optional<Time>& time) { return time ? Json(rfc3339(*time)) : Json(); }

}  // namespace

Json present(const MemberRow& member, const TenantScope& scope) {
  const Standing& own = scope.standing();
  Json teams = Json::array();
  for (const MemberRow::InTeam& team : member.teams)
    teams.push(Json::object({{"team", team.slug},
                             {"team_id", team.team.text()},
                             {"team_name", team.name},
                             {"role", name(team.role)}}));
  Json actions = Json::array();
  if (policy::may_make_owner(own) && member.user != scope.actor())
    actions.push(name(Action::org_transfer));
  // What roles reach is not what a suspension leaves of it.
  const bool manages = policy::allows_on_org(own, Action::org_members_manage);
  if (manages && policy::may_remove(own, member.role))
    actions.push(name(Action::org_members_manage));
  return Json::object({{"user", person(member)},
                       {"org_role", name(member.role)},
                       {"teams", std::move(teams)},
                       {"last_active", time_or_null(member.last_active)},
                       {"since", rfc3339(member.since)},
                       {"allowed_actions", std::move(actions)}});
}

Json present(const TeamMemberRow& member, const TenantScope& scope, const TeamId& team) {
  const Standing& own = scope.standing();
  Json actions = Json::array();
  if (policy::may_remove(own, team, member.role)) actions.push(name(Action::members_manage));
  // When somebody was last here is for those who look after the team.
  const bool manages = policy::allows_on_team(own, team, Action::members_manage);
  return Json::object({{"user", person(member)},
                       {"role", name(member.role)},
                       {"org_role", name(member.org_role)},
                       {"last_active", manages ? time_or_null(member.last_active) : Json()},
                       {"since", rfc3339(member.since)},
                       {"allowed_actions", std::move(actions)}});
}

Json present(const CandidateRow& candidate) {
  return Json::object({{"user", person(candidate)},
                       {"org_role", name(candidate.org_role)},
                       {"role", candidate.role ? Json(name(*candidate.role)) : Json()}});
}

Json present(const OwnershipOffer& offer, const TenantScope& scope) {
  const Standing& own = scope.standing();
  Json actions = Json::array();
  // To take it back is the owner's, to answer it is theirs to whom it was made, whatever their
  // role.
  const bool answers = offer.to == scope.actor() && own.suspended.empty();
  if (offer.state == OfferState::open &&
      (answers || policy::allows_on_org(own, Action::org_transfer)))
    actions.push(name(Action::org_transfer));
  return Json::object({{"id", offer.id.text()},
                       {"from", author(offer.from, offer.from_name)},
                       {"to", author(offer.to, offer.to_name)},
                       {"state", name(offer.state)},
                       {"created_at", rfc3339(offer.created_at)},
                       {"expires_at", rfc3339(offer.expires_at)},
                       {"settled_at", time_or_null(offer.settled_at)},
                       {"reason", offer.reason.empty() ? Json() : Json(offer.reason)},
                       {"allowed_actions", std::move(actions)}});
}

std::optional<OrgRole> org_role_of(Fields& fields, std::string_view name) {
  const auto text = fields.optional_text(name);
  if (!text) return std::nullopt;
  const auto role = org_role(*text);
  if (!role) fields.refuse(name, "must be org_owner, org_admin or org_member");
  return role;
}

std::optional<TeamRole> team_role_of(Fields& fields, std::string_view name) {
  const auto text = fields.optional_text(name);
  if (!text) return std::nullopt;
  const auto role = team_role(*text);
  if (!role) fields.refuse(name, "must be team_admin, developer or viewer");
  return role;
}

Result<bool> confirmed_in_query(const http::Request& request) {
  const auto given = request.query_value("confirm");
  if (!given || *given == "false") return false;
  if (*given == "true") return true;
  return invalid({Fault{"?confirm", "must be true or false"}});
}

}  // namespace ks::api
