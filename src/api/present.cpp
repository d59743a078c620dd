#include "api/present.hpp"

#include <algorithm>
#include <array>

#include "authz/policy.hpp"
#include "domain/deployment/deployment_request.hpp"

namespace ks::api {

namespace {
Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& text : list) out.push(text);
  return out;
}

// The role as the caller holds it; null for administrators from above.
Json role_of(const Standing& standing) {
  return standing.org_role ? Json(name(*standing.org_role)) : Json();
}
}  // namespace

Json present(const UserRow& user) {
  return Json::object({{"id", user.id.text()},
                       {"email", user.email},
                       {"email_verified", user.email_proved},
                       {"name", user.name},
                       {"locale", name(user.locale)}});
}

Json author(const UserId& user, const std::string& name) {
  return Json::object({{"id", user.text()}, {"name", name.empty() ? Json() : Json(name)}});
}

Json present(const Organization& org, const TenantScope& scope) {
  const bool ending = org.state == "deleting" || org.state == "purging";
  std::vector<std::string> actions = policy::allowed_on_org(scope.standing());
  // Looking at it, and taking the deletion back.
  if (ending)
    std::erase_if(actions, [](const std::string& action) {
      return action != name(Action::org_read) && action != name(Action::org_delete);
    });
  const bool suspended = !org.suspended_for.empty();
  return Json::object(
      {{"id", org.id.text()},
       {"slug", org.slug},
       {"name", org.name},
       {"plan", org.plan},
       {"state", suspended && !ending ? "suspended" : org.state},
       {"suspension", suspended ? Json::object({{"reason", org.suspended_for},
                                                {"since", rfc3339(org.suspended_at)}})
                                : Json()},
       {"egress", org.egress ? to_json(*org.egress) : Json()},
       {"role", role_of(scope.standing())},
       {"purge_at", ending ? Json(rfc3339(org.deleted_at + kRestoreWithin)) : Json()},
       {"created_at", rfc3339(org.created_at)},
       {"updated_at", rfc3339(org.updated_at)},
       {"allowed_actions", texts(std::move(actions))}});
}

Json present(const TeamRow& team, const TenantScope& scope) {
  const auto role = scope.standing().role_in(team.id);
  return Json::object(
      {{"id", team.id.text()},
       {"slug", team.slug},
       {"name", team.name},
       {"description", team.description},
       {"role", role ? Json(name(*role)) : Json()},
       {"created_at", rfc3339(team.created_at)},
       {"updated_at", rfc3339(team.updated_at)},
       {"allowed_actions", texts(policy::allowed_on_team(scope.standing(), team.id))}});
}

Json present_to_all(const DeploymentRow& row, const Services& services) {
  Json out = Json::object({{"id", row.id.text()}, {"name", row.name}});
  describe_workload(out, row.workload);
  out.set("template", row.template_name.empty() ? Json() : Json(row.template_name));
  out.set("revision", row.revision).set("namespace", row.namespace_);
  const bool exposed =
      row.workload.exposure == Exposure::public_ && !row.workload.ingress_service.empty();
  out.set("url", exposed ? Json(services.workload_scheme + "://" + row.stem + "." +
                                services.deployment_domain)
                         : Json());
  // Under which name other services of the same sandbox reach it.
  out.set("internal_host", row.stem);
  out.set("cluster", services.simulated ? "simulated" : "kubernetes");
  // Whose pods answer; while an update is on its way it is the revision before.
  const bool serves =
      row.phase == Phase::ready || row.phase == Phase::degraded || row.phase == Phase::updating;
  const std::int64_t served = row.status.integer_or(0, "observed_revision");
  out.set("serving_revision", serves && served > 0 ? Json(served) : Json());
  out.set("phase", name(row.phase)).set("reason", row.reason).set("message", row.message);
  if (Json* list = out.find("services"); list != nullptr && list->is_object())
    for (auto& [name, service] : list->members()) {
      const Json& live = row.status.at("services").at(name);
      // Of an autoscaled one whatever the autoscaler wants now, as far as it has been seen.
      const Service* wish = row.workload.find(name);
      KS_ASSERT(wish != nullptr);
      const std::int64_t wanted =
          wish->autoscale ? std::clamp<std::int64_t>(live.integer_or(0, "replicas"),
                                                     wish->autoscale->min, wish->replicas)
                          : wish->replicas;
      service.set("wanted", wanted).set("ready", live.integer_or(0, "ready"));
      service.set("restarts", live.integer_or(0, "restarts"));
      service.set("has_volume", !wish->volumes.empty());
      if (const Json* last = live.find("last_termination")) service.set("last_termination", *last);
      const Json& ends = live.at("terminations");
      service.set("terminations", ends.is_array() ? ends : Json::array());
    }
  out.set("created_by", author(row.created_by, row.created_by_name));
  out.set("created_at", rfc3339(row.created_at)).set("updated_at", rfc3339(row.updated_at));
  return out;
}

Json present(const DeploymentRow& row, const TenantScope& scope, const Services& services) {
  return present_to_all(row, services)
      .set("allowed_actions", texts(allowed_on_deployment(scope, row.team, name(row.phase))));
}

std::vector<std::string> allowed_on_deployment(const TenantScope& scope, const TeamId& team,
                                               std::string_view phase) {
  std::vector<std::string> actions = policy::allowed_on_deployment(scope.standing(), team);
  if (phase == name(Phase::deleting))
    std::erase_if(actions, [](const std::string& action) {
      constexpr std::array kChanges = {Action::deployments_update, Action::deployments_restart,
                                       Action::deployments_rollback, Action::deployments_exec,
                                       Action::secrets_write};
      return std::ranges::any_of(kChanges, [&](Action a) { return name(a) == action; });
    });
  return actions;
}

Json present(const app::UsageReport& report) {
  Json items = Json::array();
  for (const auto& item : report.items)
    items.push(Json::object({{"feature", item.feature},
                             {"unit", item.unit},
                             {"used", item.used},
                             {"limit", item.limit ? Json(*item.limit) : Json()},
                             {"unlimited", !item.limit.has_value()},
                             {"per", item.per_service ? "service" : "organization"}}));
  Json features = Json::array();
  for (const auto& one : report.features)
    features.push(
        Json::object({{"feature", one.feature},
                      {"included", one.included},
                      {"upgrade", one.upgrade_plan.empty() ? Json() : Json(one.upgrade_plan)}}));
  Json contacts = Json::array();
  for (const Contact& one : report.contacts)
    contacts.push(Json::object({{"name", one.name}, {"role", one.role}}));
  return Json::object({{"plan", report.plan},
                       {"items", std::move(items)},
                       {"features", std::move(features)},
                       {"contacts", std::move(contacts)}});
}

Json present_me(const Caller& caller) {
  Json organizations = Json::array();
  for (const Membership& m : caller.memberships()) {
    Json teams = Json::array();
    for (const auto& team : m.teams)
      teams.push(Json::object({{"id", team.id.text()},
                               {"slug", team.slug},
                               {"name", team.name},
                               {"role", name(team.role)}}));
    organizations.push(Json::object({{"id", m.id.text()},
                                     {"slug", m.slug},
                                     {"name", m.name},
                                     {"role", name(m.role)},
                                     {"teams", std::move(teams)}}));
  }
  return Json::object({{"user", present(caller.user())},
                       {"client", Json::object({{"id", caller.person().client().text()},
                                                {"slug", "platform"},
                                                {"name", "K8s Scheduler"}})},
                       {"organizations", std::move(organizations)},
                       {"platform_admin", caller.platform_admin()}});
}

}  // namespace ks::api
