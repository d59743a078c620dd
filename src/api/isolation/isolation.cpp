#include <algorithm>

#include "api/api.hpp"
#include "api/lists.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {

const FleetScope kFleet(FleetReason::platform_administration);

// A sandbox that stands open may have findings by the dozen, each a sentence.
constexpr int kPageMax = 25;

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const std::string& text : list) out.push(text);
  return out;
}

// Who runs the platform reads the names of all tenants, a tenant those of their own alone.
enum class Reader { platform, tenant };

// Whether what the network does with the policies was seen. A condition goes on to stand where
// nobody writes it any more, so it counts no longer than a look does.
Json network_of(const SandboxAlone& sandbox, Aloneness state) {
  NetworkSeen seen = sandbox.seen ? sandbox.seen->network.value_or(NetworkSeen()) : NetworkSeen();
  if (seen.state == NetworkSeen::State::isolated && state != Aloneness::alone)
    seen = {NetworkSeen::State::unknown, "NotLooked"};
  return Json::object({{"state", name(seen.state)}, {"reason", seen.reason}});
}

Json present(const SandboxAlone& sandbox, Aloneness state, Reader reader) {
  Json findings = Json::array();
  if (sandbox.seen)
    for (const IsolationFinding& finding : sandbox.seen->findings)
      findings.push(
          Json::object({{"kind", name(finding.kind)},
                        {"text", reader == Reader::platform ? finding.what : finding.told}}));
  const IsolationSeen none;
  const IsolationSeen& seen = sandbox.seen ? *sandbox.seen : none;
  return Json::object({{"id", sandbox.id.str()},
                       {"namespace", sandbox.ns},
                       {"profile", name(sandbox.profile)},
                       {"state", name(state)},
                       {"network", network_of(sandbox, state)},
                       {"pods", sandbox.seen && seen.looked ? Json(seen.pods) : Json()},
                       {"reached_by", texts(seen.reached_by)},
                       {"reaches", texts(seen.reaches)},
                       {"findings", std::move(findings)}});
}

// When the last look began, and what it came to.
class Look {
 public:
  Look(const Services& services, std::optional<IsolationCheck> check)
      : check_(std::move(check)),
        now_(services.stores.clock.now()),
        fresh_for_(services.isolation_fresh),
        simulated_(services.simulated) {}

  Aloneness of(const SandboxAlone& sandbox) const {
    return aloneness(sandbox.profile, sandbox.seen, check_, now_, fresh_for_);
  }
  void show(Json& body, const IsolationTotals& totals) const {
    body.set("checked_at", check_ ? Json(rfc3339(check_->at)) : Json());
    body.set("complete", is_proof(check_, now_, fresh_for_));
    body.set("cluster", simulated_ ? "simulated" : "kubernetes");
    body.set("totals", Json::object({{"sandboxes", totals.sandboxes},
                                     {"exposed", totals.exposed},
                                     {"unseen", totals.unseen}}));
  }

 private:
  std::optional<IsolationCheck> check_;
  Time now_;
  Duration fresh_for_;
  bool simulated_;
};

Json lines(std::string_view text) {
  Json out = Json::array();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Result<bool> exposed_in_query(const http::Request& request) {
  const auto given = request.query_value("state");
  if (!given) return false;
  if (*given == "exposed") return true;
  return invalid({Fault{"?state", "must be exposed"}});
}

Result<Reply> show_own(Tx& tx, const Services& services, const TenantScope& scope,
                       const Call& call) {
  IsolationStore& store = services.stores.isolation;
  KS_TRY(const auto may, services.stores.authorizer.require<Action::audit_read>(scope));
  const std::string list = "isolation/" + scope.org().str();
  KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list, kPageMax));
  // Before the sandboxes: what they say is then at least as new.
  KS_TRY(const auto check, store.last_check(tx, may));
  KS_TRY(const auto page, store.list(tx, may, wanted));
  KS_TRY(const auto totals, store.totals(tx, may));
  const Look look(services, check);
  Reply reply = list_reply(page, services.cursors, list, [&](const SandboxAlone& sandbox) {
    Json out = present(sandbox, look.of(sandbox), Reader::tenant);
    out.set("user", Json::object({{"id", sandbox.user.str()}, {"name", sandbox.user_name}}));
    return out;
  });
  look.show(reply.body, totals);
  return reply;
}

Result<Reply> show_all(Tx& tx, const Services& services, const Call& call) {
  IsolationStore& store = services.stores.isolation;
  KS_TRY(const bool only_exposed, exposed_in_query(call.request));
  const std::string list = only_exposed ? "platform/isolation?exposed" : "platform/isolation";
  KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list, kPageMax));
  KS_TRY(const auto signature, store.last_signature(tx, kFleet));
  KS_TRY(const auto page, store.list_all(tx, kFleet, only_exposed, wanted));
  KS_TRY(const auto totals, store.totals_of_all(tx, kFleet));
  const Look look(services, signature ? std::optional(signature->check) : std::nullopt);
  Reply reply = list_reply(page, services.cursors, list, [&](const AnySandboxAlone& one) {
    Json out = present(one.sandbox, look.of(one.sandbox), Reader::platform);
    out.set("user_id", one.sandbox.user.str());
    out.set("org", Json::object({{"id", one.sandbox.org.str()},
                                 {"client_id", one.sandbox.client.str()},
                                 {"slug", one.org_slug},
                                 {"name", one.org_name}}));
    return out;
  });
  look.show(reply.body, totals);
  reply.body.set("unread", lines(signature ? signature->unread : std::string_view()));
  return reply;
}

}  // namespace

void mount_isolation(Router& router, Services& services) {
  router.get<Member>("/api/v1/orgs/{org}/isolation",
                     {.action = Action::audit_read, .query = {"limit", "cursor"}},
                     [&services](Tx& tx, const TenantScope& scope, const Call& call) {
                       return show_own(tx, services, scope, call);
                     });
  router.get<PlatformAdmin>("/api/v1/platform/isolation",
                            {.action = Action::orgs_list, .query = {"limit", "cursor", "state"}},
                            [&services](const Caller&, const Call& call) {
                              return services.db.fleet_read(
                                  kFleet, [&](Tx& tx) { return show_all(tx, services, call); });
                            });
}

}  // namespace ks::api
