#include "sql/deployments.hpp"

#include <algorithm>

#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

// A revision holds its whole spec, and its writes are the organization's: with the bound no
// pipeline that deploys in a circle takes the disk from the others.
constexpr std::int64_t kRevisionsPerWindow = 30;
constexpr Duration kRevisionsWindow = minutes(1);
// What one new revision may remove; what more there is goes with the next ones.
constexpr int kTrimmedMax = 50;

// Workloads may nest deeper than a request's body.
Result<Json> stored(std::string_view text) { return parse_json(text, {64, std::size_t{8} << 20}); }

Result<DeploymentRow> deployment_at(const Row& row) {
  KS_TRY(const Json spec, stored(row.text(5)));
  KS_TRY(Workload workload, workload_from_json(spec));
  KS_TRY(Json status, stored(row.text(12)));
  const Amount amount = amount_of(workload);
  return DeploymentRow{row.id<Deployment>(0),
                       row.id<Team>(1),
                       row.str(2),
                       row.str(3),
                       row.str(4),
                       std::move(workload),
                       row.integer(6),
                       row.integer(7),
                       row.str(8),
                       phase(row.text(9)).value_or(Phase::error),
                       row.str(10),
                       row.str(11),
                       std::move(status),
                       row.flag(13),
                       amount,
                       row.id<User>(14),
                       row.str_or_empty(15),
                       row.time(16),
                       row.time(17)};
}

// Of deployment_at()'s columns.
DeploymentStamp listed_stamp(const Row& row) {
  return {row.id<Deployment>(0), row.id<Team>(1), row.integer(7), row.str(9),
          row.str(10),           row.str(11),     row.str(12),    row.str_or_empty(15)};
}

int most_replicas_of(const Workload& workload) {
  int most = 0;
  for (const Service& service : workload.services) most = std::max(most, service.replicas);
  return most;
}

// What a change of a deployment means for its namespace: the quota follows what was granted.
Result<void> touch_sandbox(SqlTx& sql, const AnyPermit& permit, const SandboxId& sandbox) {
  KS_CHECK(sql.run(permit, q::sandbox_touch, sandbox));
  return {};
}

}  // namespace

Result<void> SqlDeploymentStore::create(Tx& tx,
                                        const Permit<Action::deployments_create, Team>& permit,
                                        const NewDeployment& d,
                                        const std::vector<SealedSecret>& secrets) {
  SqlTx& sql = sql_tx(tx);
  const std::string spec = to_json(d.workload).dump();
  const Amount amount = amount_of(d.workload);
  KS_TRY(const auto created,
         sql.run(permit, q::deployment_create, d.id, d.sandbox, d.name, d.stem, d.template_name,
                 spec, amount.cpu_milli, amount.memory_bytes, amount.storage_bytes,
                 most_replicas_of(d.workload), d.created_by, d.now, permit.id()));
  if (created != 1) return not_found();
  KS_CHECK(sql.run(permit, q::deployment_revision_create, d.id, 1, spec, d.created_by, d.now));
  for (const SealedSecret& secret : secrets)
    KS_CHECK(sql.run(permit, q::deployment_secret_create, d.id, secret.name, secret.sealed, d.now));
  return touch_sandbox(sql, permit, d.sandbox);
}

Result<std::int64_t> SqlDeploymentStore::count(
    Tx& tx, const Permit<Action::deployments_create, Team>& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::deployments_counted));
  return row.integer(0);
}

Result<std::optional<DeploymentRow>> SqlDeploymentStore::find(
    Tx& tx, const Permit<Action::deployments_read, Team>& permit, std::string_view id_or_name) {
  std::optional<Row> row;
  if (const auto id = DeploymentId::parse(id_or_name)) {
    KS_TRY(row, sql_tx(tx).run(permit, q::deployment_by_id, permit.id(), *id));
  } else {
    KS_TRY(row, sql_tx(tx).run(permit, q::deployment_by_name, permit.id(), id_or_name));
  }
  if (!row) return std::optional<DeploymentRow>();
  KS_TRY(DeploymentRow out, deployment_at(*row));
  return std::optional(std::move(out));
}

Result<std::optional<DeploymentStamp>> SqlDeploymentStore::find_stamp(
    Tx& tx, const Permit<Action::deployments_read, Team>& permit, std::string_view id_or_name) {
  std::optional<Row> row;
  if (const auto id = DeploymentId::parse(id_or_name)) {
    KS_TRY(row, sql_tx(tx).run(permit, q::deployment_stamp_by_id, permit.id(), *id));
  } else {
    KS_TRY(row, sql_tx(tx).run(permit, q::deployment_stamp_by_name, permit.id(), id_or_name));
  }
  if (!row) return std::optional<DeploymentStamp>();
  return std::optional(DeploymentStamp{row->id<Deployment>(0), permit.id(), row->integer(1),
                                       row->str(2), row->str(3), row->str(4), row->str(5),
                                       row->str_or_empty(6)});
}

Result<Page<ListedDeployment>> SqlDeploymentStore::list(
    Tx& tx, const Permit<Action::deployments_read, Team>& permit, std::string_view name_prefix,
    const PageRequest& page) {
  // The key of a page is "name/stem"; a name has no slash.
  const std::size_t slash = page.after.find('/');
  const std::string after_name = page.after.substr(0, slash);
  const std::string after_stem = slash == std::string::npos ? "" : page.after.substr(slash + 1);
  // Names are made of characters below '~'.
  const std::string high = std::string(name_prefix) + "~";
  // Also where the index is entered: a late page costs what the first one does.
  const std::string_view low = std::max<std::string_view>(name_prefix, after_name);
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::deployments_per_team, permit.id(), after_name,
                                         after_stem, low, high, page.limit + 1));
  // A few with the largest environments are an answer of their own, in which each of those stands
  // twice: as the deployment's and as its only service's.
  constexpr std::size_t kPageBytes = std::size_t{2} << 20;
  const auto limit = static_cast<std::size_t>(page.limit);
  std::size_t bytes = 0;
  Page<ListedDeployment> out;
  out.items.reserve(std::min(rows.size(), limit));
  for (const Row& row : rows) {
    if (out.items.size() == limit || bytes >= kPageBytes) {
      const Row& last = rows[out.items.size() - 1];
      out.next = last.str(2) + "/" + last.str(3);
      break;
    }
    bytes += row.text(5).size() + row.text(12).size();
    out.items.push_back({listed_stamp(row), [row] { return deployment_at(row); }});
  }
  return out;
}

Result<std::optional<Time>> SqlDeploymentStore::count_revision(
    Tx& tx, const Permit<Action::deployments_update, Team>& permit, Time now) {
  const TenantScope& scope = permit.scope();
  const std::string key = "revisions/" + scope.org().str();
  const ClientScope client = scope.client_scope();
  KS_TRY(const auto counted, sql_tx(tx).run(client, q::limit_try, key, now, now - kRevisionsWindow,
                                            now - kRevisionsWindow, kRevisionsPerWindow));
  if (counted) return std::optional<Time>();
  KS_TRY(const auto window, sql_tx(tx).run(client, q::limit_window, key));
  return std::optional((window ? window->time(0) : now) + kRevisionsWindow);
}

Result<bool> SqlDeploymentStore::revise(Tx& tx,
                                        const Permit<Action::deployments_update, Team>& permit,
                                        const DeploymentId& id, std::int64_t version,
                                        const Workload& workload, const UserId& by, Time now) {
  SqlTx& sql = sql_tx(tx);
  const std::string spec = to_json(workload).dump();
  const Amount amount = amount_of(workload);
  KS_TRY(const auto row,
         sql.run(permit, q::deployment_revise, spec, amount.cpu_milli, amount.memory_bytes,
                 amount.storage_bytes, most_replicas_of(workload), now, permit.id(), id, version));
  if (!row) return false;
  KS_CHECK(sql.run(permit, q::deployment_revision_create, id, row->integer(0), spec, by, now));
  KS_TRY(const Json status, stored(row->text(2)));
  KS_CHECK(sql.run(permit, q::revisions_trimmed, id, row->integer(0) - kRevisionsKept,
                   status.integer_or(0, "observed_revision"), kTrimmedMax));
  KS_CHECK(touch_sandbox(sql, permit, row->id<Sandbox>(1)));
  return true;
}

Result<bool> SqlDeploymentStore::restart(Tx& tx,
                                         const Permit<Action::deployments_restart, Team>& permit,
                                         const DeploymentId& id, Time) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::deployment_restart, permit.id(), id));
  return changed == 1;
}

Result<bool> SqlDeploymentStore::begin_delete(
    Tx& tx, const Permit<Action::deployments_delete, Team>& permit, const DeploymentId& id,
    Time now) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(permit, q::deployment_begin_delete, now, permit.id(), id));
  return changed == 1;
}

Result<DeploymentStore::Held> SqlDeploymentStore::held(
    Tx& tx, const Permit<Action::org_delete, Org>& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::deployments_held));
  Held out;
  out.count = row.integer(0);
  out.running.cpu_milli = row.integer(1);
  out.running.memory_bytes = row.integer(2);
  return out;
}

namespace {
Result<int> most_in(Tx& tx, const AnyPermit& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::deployments_most_replicas));
  return static_cast<int>(row.integer(0));
}
}  // namespace

Result<int> SqlDeploymentStore::most_replicas(Tx& tx, const Permit<Action::org_read, Org>& permit) {
  return most_in(tx, permit);
}

Result<DeploymentStore::Grown> SqlDeploymentStore::grown_over(
    Tx& tx, const Permit<Action::orgs_set_plan, Org>& permit, std::int64_t limit) {
  Grown out;
  KS_TRY(out.most, most_in(tx, permit));
  if (out.most <= limit) return out;
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::deployments_grown, limit));
  out.count = row.integer(0);
  KS_TRY(const auto first, sql_tx(tx).run(permit, q::deployments_grown_first, limit,
                                          static_cast<std::int64_t>(kGrownNamed)));
  for (const Row& one : first) out.names.push_back(one.str(0) + "/" + one.str(1));
  return out;
}

Result<void> SqlDeploymentStore::want_anew(Tx& tx, const Permit<Action::org_delete, Org>& permit) {
  KS_CHECK(sql_tx(tx).run(permit, q::deployments_wanted_anew));
  return {};
}

Result<void> SqlDeploymentStore::want_anew(Tx& tx,
                                           const Permit<Action::orgs_suspend, Org>& permit) {
  KS_CHECK(sql_tx(tx).run(permit, q::sandboxes_wanted_anew));
  KS_CHECK(sql_tx(tx).run(permit, q::deployments_wanted_anew));
  return {};
}

namespace {
std::string text_of(const std::optional<TeamId>& team) {
  return team ? team->str() : std::string();
}
}  // namespace

Result<std::optional<SandboxRow>> SqlSandboxStore::find(
    Tx& tx, const Permit<Action::deployments_create, Team>& permit, const UserId& user,
    const std::optional<TeamId>& team) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::sandbox_by_owner, user, text_of(team)));
  if (!row) return std::optional<SandboxRow>();
  return std::optional(SandboxRow{row->id<Sandbox>(0), row->str(1)});
}

Result<bool> SqlSandboxStore::create(Tx& tx, const Permit<Action::deployments_create, Team>& permit,
                                     const NewSandbox& s) {
  KS_TRY(const auto created,
         sql_tx(tx).run(permit, q::sandbox_create, s.id, s.user, text_of(s.team), s.namespace_,
                        s.claim, name(s.isolation), s.now));
  return created == 1;
}

Result<void> SqlSandboxStore::touch_all(Tx& tx, const AnyPermit& permit, Isolation isolation) {
  KS_CHECK(sql_tx(tx).run(permit, q::sandboxes_touch, name(isolation)));
  return {};
}

Result<void> SqlSandboxStore::want_anew(Tx& tx, const AnyPermit& permit) {
  KS_CHECK(sql_tx(tx).run(permit, q::sandboxes_wanted_anew));
  return {};
}

Result<std::optional<std::string>> SqlSandboxStore::wrapped_key(Tx& tx, const AnyPermit& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::org_key));
  if (!row) return std::optional<std::string>();
  return std::optional(row->str(0));
}

Result<void> SqlSandboxStore::store_key(Tx& tx, const AnyPermit& permit, std::string_view wrapped,
                                        Time now) {
  KS_CHECK(sql_tx(tx).run(permit, q::org_key_create, wrapped, now));
  return {};
}

Result<bool> SqlIdempotencyStore::reserve(Tx& tx, const PersonScope& person,
                                          std::string_view key_hash, std::string_view request_mac,
                                          Time not_before, Time now) {
  KS_TRY(const std::int64_t taken,
         sql_tx(tx).run(person, q::idempotency_reserve, key_hash, request_mac, now, not_before));
  return taken == 1;
}

Result<std::optional<StoredAnswer>> SqlIdempotencyStore::find(Tx& tx, const PersonScope& person,
                                                              std::string_view key_hash,
                                                              Time not_before) {
  KS_TRY(const auto row, sql_tx(tx).run(person, q::idempotency_by_key, key_hash, not_before));
  if (!row) return std::optional<StoredAnswer>();
  return std::optional(StoredAnswer{row->str(0), static_cast<int>(row->integer(1)), row->str(2),
                                    row->str(3), row->str(4)});
}

Result<void> SqlIdempotencyStore::store(Tx& tx, const PersonScope& person,
                                        std::string_view key_hash, const StoredAnswer& a,
                                        Time now) {
  KS_CHECK(sql_tx(tx).run(person, q::idempotency_store, key_hash, a.request_mac, a.status,
                          a.location, a.etag, a.body, now));
  return {};
}

Result<std::int64_t> SqlIdempotencyStore::forget_older(Tx& tx, const FleetScope& fleet, Time than,
                                                       int limit) {
  return sql_tx(tx).run(fleet, q::idempotency_forget, than, limit);
}

}  // namespace ks::sql
