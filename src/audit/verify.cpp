#include "audit/verify.hpp"

#include <limits>
#include <set>

#include <fmt/format.h>

#include "audit/keeper.hpp"
#include "base/digest.hpp"

namespace ks::audit {

namespace {

constexpr int kEndsPage = 200;
constexpr int kRowsPage = 1000;

class Verifier {
 public:
  Verifier(Database& db, AuditStore& audit, const VerifyOptions& options,
           const std::function<void(const ChainFaults&)>& tell)
      : db_(db), audit_(audit), options_(options), tell_(tell) {}

  Result<VerifyReport> run() {
    KS_CHECK(compare_sink());
    bool found = options_.org.empty();
    KS_CHECK(each_end([&](const AuditEnd& end) -> Result<void> {
      found = true;
      met_.insert(chain_name(end.chain));
      return check(end);
    }));
    if (!found) return not_found();
    if (options_.org.empty()) report_gone();
    return std::move(report_);
  }

 private:
  bool wanted(const AuditEnd& end) const {
    return options_.org.empty() ||
           (end.chain.org && (end.slug == options_.org || end.chain.org->text() == options_.org));
  }

  Result<void> each_end(const std::function<Result<void>(const AuditEnd&)>& visit) {
    std::optional<AuditChain> after;
    for (;;) {
      KS_TRY(const auto page, db_.fleet_read(kAuditFleet, [&](Tx& tx) {
        return audit_.ends(tx, kAuditFleet, after, kEndsPage);
      }));
      if (page.empty()) return {};
      for (const AuditEnd& end : page)
        if (wanted(end)) KS_CHECK(visit(end));
      after = page.back().chain;
    }
  }

  // What the database says the sink was told comes first: the sink only grows.
  Result<void> compare_sink() {
    if (!options_.sink_path) return {};
    std::vector<AuditEnd> told;
    KS_CHECK(each_end([&](const AuditEnd& end) -> Result<void> {
      if (end.sunk > 0) told.push_back(end);
      return {};
    }));
    KS_TRY(sink_, read_sink(*options_.sink_path, options_.sink_key));
    report_.sink_lines = sink_.lines;
    report_.sink_faults = sink_.faults;
    report_.faults += static_cast<std::int64_t>(sink_.faults.size());
    for (const AuditEnd& end : told) {
      const auto at = sink_.heads.find(chain_name(end.chain));
      const std::int64_t last = at == sink_.heads.end() ? 0 : at->second.head.seq;
      if (last < end.sunk)
        report({end.chain,
                end.slug,
                {{AuditFault::Kind::sink, end.sunk,
                  fmt::format("the sink was told of row {} and ends at {}", end.sunk, last)}},
                1});
    }
    return {};
  }

  Result<void> check(const AuditEnd& begun) {
    ChainCheck check(options_.key, begun.chain);
    if (const auto seen = sink_.heads.find(chain_name(begun.chain)); seen != sink_.heads.end())
      check.expect(seen->second.head);
    std::optional<AuditHead> end;
    // From before any row that was ever written: a forged one may have any number.
    std::int64_t after = std::numeric_limits<std::int64_t>::min();
    for (;;) {
      KS_TRY(const auto rows, db_.fleet_read(kAuditFleet, [&](Tx& tx) {
        return audit_.rows_after(tx, kAuditFleet, begun.chain, after, kRowsPage);
      }));
      for (const AuditRow& row : rows) check.row(row);
      if (!rows.empty()) after = rows.back().seq;
      if (rows.size() == kRowsPage) continue;
      // These rows were read after that end, so what is not among them is not there.
      if (end && check.last() < end->seq && rows.empty()) break;
      KS_TRY(const auto now, db_.fleet_read(kAuditFleet, [&](Tx& tx) {
        return audit_.end_of(tx, kAuditFleet, begun.chain);
      }));
      end = now ? now->head : begun.head;
      if (check.last() >= end->seq) break;
    }
    check.end(*end);
    ++report_.chains;
    report_.rows += check.rows();
    if (check.fault_count() > 0)
      report({begun.chain, begun.slug, check.faults(), check.fault_count()});
    return {};
  }

  void report_gone() {
    for (const auto& [name, entry] : sink_.heads)
      if (!met_.contains(name))
        report({entry.chain,
                "",
                {{AuditFault::Kind::sink, entry.head.seq,
                  fmt::format("the sink saw {} rows, and the chain is gone", entry.head.seq)}},
                1});
  }

  void report(const ChainFaults& faults) {
    report_.faults += faults.count;
    tell_(faults);
  }

  Database& db_;
  AuditStore& audit_;
  const VerifyOptions& options_;
  const std::function<void(const ChainFaults&)>& tell_;
  VerifyReport report_;
  SinkReading sink_;
  std::set<std::string, std::less<>> met_;
};

}  // namespace

Result<VerifyReport> verify(Database& db, AuditStore& audit, const VerifyOptions& options,
                            const std::function<void(const ChainFaults&)>& tell) {
  return Verifier(db, audit, options, tell).run();
}

std::string chain_key(std::string_view secrets_key) { return derive_key(secrets_key, "audit"); }
std::string sink_key(std::string_view secrets_key) { return derive_key(secrets_key, "audit-sink"); }

}  // namespace ks::audit
