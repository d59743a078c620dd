#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "domain/ids.hpp"

namespace ks {

// Whose events stand in a chain: an organization's, or those of a client that belong to none of its
// organizations.
struct AuditChain {
  ClientId client;
  std::optional<OrgId> org;
  friend bool operator==(const AuditChain&, const AuditChain&) = default;
};

// One event, as it is stored and never changed. People stand in it by their id; what else could
// tell who somebody is (an address, a name) is a salted hash, see store/audit.hpp.
struct AuditRow {
  std::int64_t seq = 0;  // 1, 2, 3... within its chain.
  std::string prev;      // MAC of the row before; empty for the first.
  std::string mac;
  Time at;
  std::string actor_kind;  // "user", "system" or "anonymous".
  std::string actor_id;    // Of a user.
  std::string address;
  std::string request_id;
  std::string action;
  std::string target_kind;
  std::string target_id;
  std::string result;  // "done" or "denied".
  std::string detail;  // JSON.
};

// Covers every field of the row but itself, and which chain it stands in. Each field has its length
// before it, so that no two rows give the same input.
std::string audit_mac(std::string_view key, const AuditChain& chain, const AuditRow& row);

// Where a chain ends.
struct AuditHead {
  std::int64_t seq = 0;
  std::string mac;
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

struct AuditFault {
  enum class Kind {
    changed,   // The row is not what was written.
    moved,     // The row was written under another seq: rows were swapped, inserted or renumbered.
    missing,   // Rows are gone between two others, or before the first.
    unlinked,  // The row does not follow the one that stands before it.
    appended,  // The row stands behind the end of the chain.
    cut,       // Rows are gone from the end.
    head,      // What is stored as the end is not the last row.
    sink,      // What the sink of heads saw is not what is there, or the sink itself is damaged.
    late,      // The sink was not told of the row, long after it was written.
  };
  Kind kind;
  std::int64_t seq = 0;
  std::string what;
};
std::string_view name(AuditFault::Kind kind);

// Reads a chain row by row, oldest first, and keeps what is wrong with it. Needs memory for a
// window of rows only.
class ChainCheck {
 public:
  ChainCheck(std::string key, AuditChain chain) : key_(std::move(key)), chain_(std::move(chain)) {}

  // The highest number that the sink saw; before the rows.
  void expect(std::int64_t seen) { seen_ = seen; }
  void row(const AuditRow& row);
  // After the last row. `stored`: the end as the database has it.
  void end(const AuditHead& stored);

  std::int64_t last() const { return last_.seq; }
  std::int64_t rows() const { return rows_; }
  // At most kFaultsKept of them, and how many there were.
  const std::vector<AuditFault>& faults() const { return faults_; }
  std::int64_t fault_count() const { return fault_count_; }

  static constexpr std::size_t kFaultsKept = 20;

 private:
  void add(AuditFault::Kind kind, std::int64_t seq, std::string what);
  void judge(const AuditRow& row);

  std::string key_;
  AuditChain chain_;
  std::int64_t seen_ = 0;
  AuditHead last_;
  std::int64_t rows_ = 0;
  std::int64_t fault_count_ = 0;
  std::vector<AuditFault> faults_;
};

// Checks rows that stand one after another, from the first one on. The error's message names the
// first thing that is wrong.
Result<void> verify_chain(std::string_view audit_key, const ClientId&, const OrgId&,
                          const std::vector<AuditRow>& rows);

}  // namespace ks
