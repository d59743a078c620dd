#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ks::bench {

// A transaction of the driver alone: statements, in which `$n` stands in order of first appearance
// so that one text serves both engines, and for each run the parameters of each.
using RawStatements = std::span<const char* const>;
using RawRow = std::vector<std::vector<std::string>>;

// Where a deployment belongs, and what it is.
struct RawPlace {
  std::string client, org, team, sandbox, user, spec;
};
struct RawDeployment {
  RawPlace place;
  std::string id, stem, name, now;
};

// The least that leaves the rows which a create leaves: usage, deployment, revision, the sandbox's
// generation, the organization's numbers, audit, feed.
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
RawRow raw_parameters(const RawDeployment& d);

// One person joins by an invitation.
struct RawAccept {
  std::string client, org, team, user, invitation, now;
};
// The least that leaves the rows which an accept leaves: the ledger, the member in organization and
// team, rights that are loaded anew, the invitation, two entries of audit and feed, and a mail.
inline constexpr std::array<const char*, 12> kRawAcceptStatements{
    "UPDATE org_usage SET members = members WHERE client_id = $1 AND org_id = $2",
    "INSERT INTO org_members (client_id, org_id, user_id, role, created_at) "
    "VALUES ($1, $2, $3, 'org_member', CAST($4 AS BIGINT))",
    "INSERT INTO team_members (client_id, org_id, team_id, user_id, role, created_at) "
    "VALUES ($1, $2, $3, $4, 'developer', CAST($5 AS BIGINT))",
    "UPDATE users SET authz_version = authz_version + 1 WHERE client_id = $1 AND id = $2",
    "UPDATE invitations SET state = 'accepted', answered_by = $1, settled_at = CAST($2 AS BIGINT), "
    "version = version + 1 WHERE client_id = $3 AND org_id = $4 AND id = $5",
    "UPDATE organizations SET audit_seq = audit_seq + 1, feed_seq = feed_seq + 1, audit_mac = $1 "
    "WHERE client_id = $2 AND id = $3",
    "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address, "
    "request_id, action, target_kind, target_id, result, detail) "
    "SELECT o.client_id, o.id, o.audit_seq, o.audit_mac, $1, CAST($2 AS BIGINT), 'user', $3, $1, "
    "'bench', 'members:manage', 'member', $3, 'done', '{}' FROM organizations AS o "
    "WHERE o.client_id = $4 AND o.id = $5",
    "INSERT INTO feed (client_id, org_id, seq, at, kind, target_id, team_id) "
    "SELECT o.client_id, o.id, o.feed_seq, CAST($1 AS BIGINT), 'member', $2, '' "
    "FROM organizations AS o WHERE o.client_id = $3 AND o.id = $4",
    "UPDATE organizations SET audit_seq = audit_seq + 1, feed_seq = feed_seq + 1, audit_mac = $1 "
    "WHERE client_id = $2 AND id = $3",
    "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address, "
    "request_id, action, target_kind, target_id, result, detail) "
    "SELECT o.client_id, o.id, o.audit_seq, o.audit_mac, $1, CAST($2 AS BIGINT), 'user', $3, $1, "
    "'bench', 'invitations:manage', 'invitation', $4, 'done', '{}' FROM organizations AS o "
    "WHERE o.client_id = $5 AND o.id = $6",
    "INSERT INTO feed (client_id, org_id, seq, at, kind, target_id, team_id) "
    "SELECT o.client_id, o.id, o.feed_seq, CAST($1 AS BIGINT), 'invitation', $2, '' "
    "FROM organizations AS o WHERE o.client_id = $3 AND o.id = $4",
    "INSERT INTO mails (client_id, owner_id, id, org_id, kind, about_kind, about_id, state, "
    "sealed, "
    "reason, attempts, queued_at, next_at, give_up_at, changed_at) "
    "VALUES ($1, $2, $3, $2, 'invitation_accepted', 'invitation_accepted', $4, 'queued', $5, '', "
    "0, "
    "CAST($6 AS BIGINT), CAST($6 AS BIGINT), CAST($6 AS BIGINT), CAST($6 AS BIGINT))"};
RawRow raw_parameters(const RawAccept& a);

// The rows by the driver alone. A fault ends the process.
class RawWriter {
 public:
  virtual ~RawWriter() = default;
  // All of them are durable when it returns. Of parallel calls, each has places of its own.
  virtual void write(const std::vector<RawRow>& rows) = 0;
};

// One connection, prepared statements, all rows in one transaction: what group commit comes to.
std::unique_ptr<RawWriter> raw_sqlite(const std::string& path, RawStatements statements);
// A connection; a transaction a row. Pipelined: BEGIN to COMMIT in one flight; else each statement
// waits for the one before.
std::unique_ptr<RawWriter> raw_postgres(const std::string& dsn, RawStatements statements,
                                        bool pipelined);

}  // namespace ks::bench
