#include "tests/process/tenant.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "domain/audit/chain.hpp"
#include "domain/ids.hpp"

namespace ks::test {

namespace {

constexpr std::size_t kLiveMax = 5;

Json mark_patch(const std::string& mark) {
  return Json::object({{"env", Json::object({{"MARK", mark}})}});
}

bool gone_or_going(const Answer& answer) {
  return answer.status == 404 ||
         (answer.status == 200 && answer.json().text("phase") == "Deleting");
}

std::vector<AuditRow> audit_rows(const Installation& installation, const std::string& org) {
  const std::string columns =
      "seq, prev, mac, at, actor_kind, actor_id, address, request_id, action, target_kind, "
      "target_id, result, detail";
  const std::string text = installation.query(
      installation.kind() == Installation::Kind::sqlite
          ? fmt::format("SELECT json_group_array(json_array({0})) FROM (SELECT {0} FROM audit "
                        "WHERE org_id = '{1}' ORDER BY seq)",
                        columns, org)
          : fmt::format("SELECT json_agg(json_build_array({}) ORDER BY seq) FROM audit "
                        "WHERE org_id = '{}'",
                        columns, org));
  auto parsed = parse_json(text, JsonLimits{32, std::size_t{64} << 20});
  std::vector<AuditRow> rows;
  if (!parsed || !parsed->is_array()) return rows;
  for (const Json& one : parsed->as_array()) {
    const auto& c = one.as_array();
    const auto str = [&](std::size_t i) { return c[i].as_string(); };
    rows.push_back({c[0].as_int(), str(1), str(2), Time{c[3].as_int()}, str(4), str(5), str(6),
                    str(7), str(8), str(9), str(10), str(11), str(12)});
  }
  return rows;
}

}  // namespace

void Tenant::work(const std::atomic<bool>& end) {
  while (!end) {
    const auto live = in_state(Thing::State::live);
    const auto dice = random_.below(10);
    bool settled = false;
    if (live.empty() || (live.size() < kLiveMax && dice < 4)) {
      settled = create();
    } else {
      const std::string& name = live[random_.below(live.size())];
      settled = dice < 7 && live.size() <= kLiveMax ? change(name) : remove(name);
    }
    if (!settled) return;
  }
}

std::vector<std::string> Tenant::in_state(Thing::State state) const {
  std::vector<std::string> out;
  for (const auto& [name, thing] : things_)
    if (thing.state == state) out.push_back(name);
  return out;
}

bool Tenant::told(const Answer& answer, int expected, const std::string& what) {
  if (answer.status == expected) {
    ++acknowledged_;
    return true;
  }
  ++in_doubt_;
  if (answer.status != 0)
    wrong_.push_back(
        fmt::format("{}: {} instead of {}: {}", what, answer.status, expected, answer.body));
  return false;
}

bool Tenant::create() {
  const std::string name = fmt::format("d{}", ++made_);
  Thing& thing = things_[name];
  thing = {Thing::State::creating, "1", {}, fmt::format("key-{}", made_), {}};
  const Answer made = person_.deploy(name, {{"idempotency-key", thing.key}});
  if (!told(made, 201, "create " + name)) return false;
  thing.id = made.json().text("id");
  thing.state = Thing::State::live;
  return true;
}

bool Tenant::change(const std::string& name) {
  Thing& thing = things_.at(name);
  thing.wanted = std::to_string(random_.below(1'000'000'000));
  thing.state = Thing::State::changing;
  const Answer changed = person_.send("PATCH", person_.deployments(name), mark_patch(thing.wanted));
  if (changed.status == 429) {
    // More revisions than an organization may make; nothing was done.
    thing.state = Thing::State::live;
    return true;
  }
  if (!told(changed, 200, "change " + name)) return false;
  thing.mark = thing.wanted;
  thing.state = Thing::State::live;
  return true;
}

bool Tenant::remove(const std::string& name) {
  Thing& thing = things_.at(name);
  thing.state = Thing::State::deleting;
  if (!told(person_.send("DELETE", person_.deployments(name)), 202, "delete " + name)) return false;
  thing.state = Thing::State::deleted;
  return true;
}

std::vector<std::string> Tenant::check(int port) {
  person_.at(port);
  std::vector<std::string> out = std::exchange(wrong_, {});
  for (auto& [name, thing] : things_) {
    // Made again under the same key: at most one of the two was done.
    if (thing.state == Thing::State::creating) {
      const Answer again = person_.deploy(name, {{"idempotency-key", thing.key}});
      if (again.status != 201)
        out.push_back(fmt::format("create {} again: {} {}", name, again.status, again.body));
      thing.id = again.json().text("id");
      thing.state = Thing::State::live;
    }
    // By its id: the name is given back at once when it is deleted.
    const Answer now = person_.get(person_.deployments(thing.id));
    const std::string mark(now.json().text("env", "MARK"));
    switch (thing.state) {
      case Thing::State::deleting:
        thing.state = gone_or_going(now) ? Thing::State::deleted : Thing::State::live;
        break;
      case Thing::State::changing:
        if (mark == thing.wanted) thing.mark = mark;
        thing.state = Thing::State::live;
        break;
      default:
        break;
    }
    if (thing.state == Thing::State::deleted) {
      if (!gone_or_going(now))
        out.push_back(fmt::format("{} was deleted, but: {} {}", name, now.status, now.body));
    } else if (now.status != 200 || gone_or_going(now) || mark != thing.mark) {
      out.push_back(fmt::format("{} with mark {} is not there: {} {}", name, thing.mark, now.status,
                                now.body));
    }
  }
  // What is gone for good needs no more asking.
  std::erase_if(things_, [&](const auto& one) {
    return one.second.state == Thing::State::deleted &&
           person_.get(person_.deployments(one.second.id)).status == 404;
  });
  return out;
}

std::vector<std::string> Tenant::unsettled() const {
  std::vector<std::string> out;
  for (const auto& [name, thing] : things_) {
    const Answer now = person_.get(person_.deployments(thing.id));
    const bool fine = thing.state == Thing::State::deleted
                          ? now.status == 404
                          : now.status == 200 && now.json().text("phase") == "Ready";
    if (!fine)
      out.push_back(fmt::format("{} {}: {} {} {}", person_.org_id(), name, now.status,
                                now.json().text("phase"), now.json().text("reason")));
  }
  return out;
}

std::vector<std::string> Tenant::settle(const Installation& installation) const {
  std::vector<std::string> out;
  const std::string& org = person_.org_id();
  const auto live = in_state(Thing::State::live).size();
  if (person_.used("deployments.max") != static_cast<std::int64_t>(live))
    out.push_back(fmt::format("{} live, but usage says {}", live, person_.used("deployments.max")));
  const std::string listed =
      installation.query(fmt::format("SELECT COUNT(*) FROM deployments WHERE org_id = '{}'", org));
  if (listed != std::to_string(live))
    out.push_back(fmt::format("{} live, but {} rows", live, listed));
  // One cell that is empty when the ledger and the rows agree.
  const std::string apart = installation.query(fmt::format(
      "SELECT CAST(u.deployments AS TEXT) || ' ' || CAST(u.cpu_milli AS TEXT) || ' ' || "
      "CAST(u.memory_bytes AS TEXT) || ' ' || CAST(u.storage_bytes AS TEXT) FROM org_usage AS u, "
      "(SELECT COUNT(*) AS n, COALESCE(SUM(cpu_milli), 0) AS cpu, COALESCE(SUM(memory_bytes), 0) "
      "AS memory, COALESCE(SUM(storage_bytes), 0) AS storage FROM deployments WHERE org_id = '{0}' "
      "AND deleting = 0) AS d WHERE u.org_id = '{0}' AND NOT (u.deployments = d.n AND "
      "u.cpu_milli = d.cpu AND u.memory_bytes = d.memory AND u.storage_bytes = d.storage)",
      org));
  if (!apart.empty()) out.push_back("usage is not the sum of the rows: " + apart);

  const auto rows = audit_rows(installation, org);
  std::size_t creates = 0;
  for (const AuditRow& row : rows)
    if (row.action == "deployments:create") ++creates;
  if (creates != made_)
    out.push_back(fmt::format("{} were created, {} are in the audit log", made_, creates));
  const auto chain = verify_chain(derive_key(installation.secrets_key(), "audit"),
                                  platform_client(), *OrgId::parse(org), rows);
  if (!chain) out.push_back("audit chain: " + chain.error().message);
  const std::string last = installation.query(
      fmt::format("SELECT CAST(audit_seq AS TEXT) || ' ' || audit_mac FROM organizations WHERE "
                  "id = '{}'",
                  org));
  if (rows.empty() || last != fmt::format("{} {}", rows.back().seq, rows.back().mac))
    out.push_back("the audit log does not end where its organization says");
  return out;
}

}  // namespace ks::test
