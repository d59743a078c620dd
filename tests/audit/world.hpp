#pragma once

#include <map>
#include <string>
#include <vector>

#include "audit/keeper.hpp"
#include "audit/verify.hpp"
#include "base/random.hpp"
#include "sql/audit/audit.hpp"
#include "sql/journal.hpp"
#include "sql/sync.hpp"
#include "tests/audit/raw_sql.hpp"
#include "tests/store/engines.hpp"

namespace ks::test {

// A database of one engine with chains in it, and a sink.
class AuditWorld {
 public:
  // Two on one engine want different seeds: they are two processes.
  explicit AuditWorld(EngineCase& engine, std::uint64_t seed = 11);

  // A new organization whose chain has that many rows.
  OrgId add_org(int rows);
  void add_rows(const OrgId& org, int rows);
  void add_client_rows(int rows);

  // Tells the sink of every chain that moved.
  int tell() const;
  audit::HeadKeeper& keeper() { return *keeper_; }
  std::string sink_path() const { return folder_.path() + "/heads.log"; }

  struct Found {
    audit::VerifyReport report;
    // By audit::chain_name().
    std::map<std::string, audit::ChainFaults> chains;
    bool has(const std::string& chain, AuditFault::Kind kind, std::int64_t seq) const;
  };
  Found verify(const std::string& org = "");
  RawSql raw() const { return RawSql(engine_.options().dsn); }
  Database& db() { return engine_.database(); }
  ManualClock& clock() { return engine_.clock(); }
  sql::SqlAuditStore& store() { return store_; }

  static std::string chain_of(const OrgId& org);
  static std::string client_chain();

 private:
  EngineCase& engine_;
  TempFolder folder_;
  SeededRandom random_;
  sql::AuditWriter writer_;
  sql::SqlJournal journal_;
  sql::SqlAuditStore store_;
  sql::SqlSyncStore sync_;
  std::unique_ptr<audit::HeadKeeper> keeper_;
  int orgs_ = 0;
};

// On SQLite in a file and on PostgreSQL: what raw SQL can reach from outside.
void on_files(const std::function<void(AuditWorld&)>& promise);

inline constexpr const char* kInstallationKey = "0123456789abcdef0123456789abcdef";

}  // namespace ks::test
