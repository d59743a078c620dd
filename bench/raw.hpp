#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace ks::bench {

// Where a deployment belongs, and what it is.
struct RawPlace {
  std::string client, org, team, sandbox, user, spec;
};
struct RawDeployment {
  RawPlace place;
  std::string id, stem, name, now;
};

// The least that leaves the rows which a create leaves: usage, deployment, revision, the sandbox's
// generation, the organization's numbers, audit, feed. `$n` stands in order of first appearance, so
// that one text serves both engines.
inline constexpr std::array<const char*, 7> kRawStatements{
    "UPDATE org_usage SET deployments = deployments + 1, cpu_milli = cpu_milli + 250, "
    "memory_bytes = memory_bytes + 268435456 WHERE client_id = $1 AND org_id = $2",
    "INSERT INTO deployments (client_id, org_id, id, team_id, sandbox_id, name, stem, template, "
    "spec, revision, version, generation, synced_generation, restarts, phase, reason, message, "
    "status, deleting, cpu_milli, memory_bytes, storage_bytes, created_by, created_at, updated_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, 1, 1, 1, 0, 0, 'Pending', '', '', '{}', 0, 250, "
    "268435456, 0, $9, CAST($10 AS BIGINT), CAST($10 AS BIGINT))",
    "INSERT INTO deployment_revisions (client_id, org_id, deployment_id, revision, spec, "
    "created_by, created_at) VALUES ($1, $2, $3, 1, $4, $5, CAST($6 AS BIGINT))",
    "UPDATE sandboxes SET generation = generation + 1 "
    "WHERE client_id = $1 AND org_id = $2 AND id = $3",
    "UPDATE organizations SET audit_seq = audit_seq + 1, feed_seq = feed_seq + 1, audit_mac = $1 "
    "WHERE client_id = $2 AND id = $3",
    "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address, "
    "request_id, action, target_kind, target_id, result, detail) "
    "SELECT o.client_id, o.id, o.audit_seq, o.audit_mac, $1, CAST($2 AS BIGINT), 'user', $3, $1, "
    "'bench', 'deployments:create', 'deployment', $4, 'done', '{}' FROM organizations AS o "
    "WHERE o.client_id = $5 AND o.id = $6",
    "INSERT INTO feed (client_id, org_id, seq, at, kind, target_id, team_id) "
    "SELECT o.client_id, o.id, o.feed_seq, CAST($1 AS BIGINT), 'deployment', $2, $3 "
    "FROM organizations AS o WHERE o.client_id = $4 AND o.id = $5"};

// The parameters of each statement.
std::array<std::vector<std::string>, kRawStatements.size()> raw_parameters(const RawDeployment& d);

// The rows by the driver alone. A fault ends the process.
class RawWriter {
 public:
  virtual ~RawWriter() = default;
  // All of them are durable when it returns. Of parallel calls, each has places of its own.
  virtual void write(const std::vector<RawDeployment>& rows) = 0;
};

// One connection, prepared statements, all rows in one transaction: what group commit comes to.
std::unique_ptr<RawWriter> raw_sqlite(const std::string& path);
// A connection; a transaction a row. Pipelined: BEGIN to COMMIT in one flight; else each statement
// waits for the one before.
std::unique_ptr<RawWriter> raw_postgres(const std::string& dsn, bool pipelined);

}  // namespace ks::bench
