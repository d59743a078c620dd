#include "audit/verify.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include "audit/keeper.hpp"
#include "base/digest.hpp"

namespace ks::audit {

namespace {

constexpr int kEndsPage = 200;
constexpr int kRowsPage = 1000;
constexpr std::size_t kLinesPage = 500;

struct Waiting {
  AuditChain chain;
  std::string slug;
  std::int64_t seq = 0;
  Time at;
};

class Verifier {
 public:
  Verifier(Database& db, AuditStore& audit, const VerifyOptions& options,
           const std::function<void(const ChainFaults&)>& tell)
      : db_(db), audit_(audit), options_(options), tell_(tell) {}

  Result<VerifyReport> run() {
    KS_CHECK(compare_sink());
    if (options_.sink_path && sink_.last_at <= options_.now) newest_ = sink_.last_at;
    bool found = options_.org.empty();
    KS_CHECK(each_end([&](const AuditEnd& end) -> Result<void> {
      found = true;
      met_.insert(chain_name(end.chain));
      return check(end);
    }));
    if (!found) return not_found();
    if (options_.org.empty()) report_gone();
    report_late();
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
    std::set<std::string, std::less<>> chosen;
    KS_CHECK(each_end([&](const AuditEnd& end) -> Result<void> {
      if (end.sunk > 0) told.push_back(end);
      if (!options_.org.empty()) chosen.insert(chain_name(end.chain));
      return {};
    }));
    std::vector<SinkLine> page;
    const auto take = [&](const SinkLine& line) {
      if (!options_.org.empty() && !chosen.contains(chain_name(line.entry.chain)))
        return Result<void>();
      page.push_back(line);
      return page.size() < kLinesPage ? Result<void>() : compare_lines(page);
    };
    KS_TRY(sink_, read_sink(*options_.sink_path, options_.sink_key, take, options_.absent_sink));
    KS_CHECK(compare_lines(page));
    report_.sink_lines = sink_.lines;
    report_.sink_others = sink_.others;
    report_.sink_first_other = sink_.first_other;
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

  // Holds lines against the rows that they tell of. Newer lines say nothing about older ones: a
  // chain that was cut or made anew has passed its old end by then.
  Result<void> compare_lines(std::vector<SinkLine>& page) {
    using Macs = std::vector<std::optional<std::string>>;
    KS_TRY(const Macs macs, db_.fleet_read(kAuditFleet, [&](Tx& tx) -> Result<Macs> {
      Macs out;
      for (const SinkLine& line : page) {
        const std::int64_t seq = line.entry.head.seq;
        std::vector<AuditRow> rows;
        if (seq > 0) {
          KS_TRY(rows, audit_.rows_after(tx, kAuditFleet, line.entry.chain, seq - 1, 1));
        }
        const bool there = !rows.empty() && rows.front().seq == seq;
        out.push_back(there ? std::optional(std::move(rows.front().mac)) : std::nullopt);
      }
      return out;
    }));
    for (std::size_t i = 0; i < page.size(); ++i) {
      const SinkLine& line = page[i];
      const AuditHead& head = line.entry.head;
      if (!macs[i])
        add(line, fmt::format("line {} of the sink saw this row, and it is gone", line.place));
      else if (*macs[i] != head.mac)
        add(line, fmt::format("the row is another one than line {} of the sink saw", line.place));
      if (head.seq < line.before_seq)
        add(line, fmt::format("line {} of the sink tells of this row after line {} told of row {}: "
                              "the chain was set back",
                              line.place, line.before_place, line.before_seq));
    }
    page.clear();
    return {};
  }

  void add(const SinkLine& line, std::string what) {
    Kept& kept = kept_[chain_name(line.entry.chain)];
    ++kept.count;
    if (kept.faults.size() < ChainCheck::kFaultsKept)
      kept.faults.push_back({AuditFault::Kind::sink, line.entry.head.seq, std::move(what)});
  }

  // Rows behind what the sink was told of wait for it, and what came of a request shows when a
  // server ran that should have told. What is written from now on is the next round's.
  void look(const AuditRow& row, const AuditEnd& of, std::int64_t told,
            std::optional<Waiting>& waiting) {
    if (!options_.sink_path) return;
    if (row.seq > told && !waiting) waiting = Waiting{of.chain, of.slug, row.seq, row.at};
    if (!row.request_id.empty() && row.at <= options_.now) newest_ = std::max(newest_, row.at);
  }

  Result<void> check(const AuditEnd& begun) {
    ChainCheck check(options_.key, begun.chain);
    const std::string name = chain_name(begun.chain);
    // Where the sink lacks what it was told of, that is the fault.
    std::int64_t told = begun.sunk;
    if (const auto seen = sink_.heads.find(name); seen != sink_.heads.end()) {
      check.expect(seen->second.head.seq);
      told = std::max(told, seen->second.head.seq);
    }
    std::optional<Waiting> waiting;
    std::optional<AuditHead> end;
    // From before any row that was ever written: a forged one may have any number.
    std::int64_t after = std::numeric_limits<std::int64_t>::min();
    for (;;) {
      KS_TRY(const auto rows, db_.fleet_read(kAuditFleet, [&](Tx& tx) {
        return audit_.rows_after(tx, kAuditFleet, begun.chain, after, kRowsPage);
      }));
      for (const AuditRow& row : rows) {
        check.row(row);
        look(row, begun, told, waiting);
      }
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
    if (waiting) waiting_.push_back(std::move(*waiting));
    ChainFaults found{begun.chain, begun.slug, check.faults(), check.fault_count()};
    if (const auto kept = kept_.find(name); kept != kept_.end()) {
      found.count += kept->second.count;
      found.faults.insert(found.faults.end(), kept->second.faults.begin(),
                          kept->second.faults.end());
    }
    if (found.count > 0) report(found);
    return {};
  }

  // Against the newest sign of a server at work, not against the clock: while none runs, nothing is
  // told, and nothing is wrong.
  void report_late() {
    for (const Waiting& row : waiting_)
      if (row.at < newest_ - kHeadsLate)
        report({row.chain,
                row.slug,
                {{AuditFault::Kind::late, row.seq,
                  "the sink was not told of the row, though a server ran for minutes after it"}},
                1});
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
  // What lines of the sink saw that is not there, by chain.
  struct Kept {
    std::vector<AuditFault> faults;
    std::int64_t count = 0;
  };
  std::map<std::string, Kept, std::less<>> kept_;
  // The first row of a chain that the sink was not told of.
  std::vector<Waiting> waiting_;
  Time newest_{std::numeric_limits<std::int64_t>::min() / 2};
  std::set<std::string, std::less<>> met_;
};

}  // namespace

Result<VerifyReport> verify(Database& db, AuditStore& audit, const VerifyOptions& options,
                            const std::function<void(const ChainFaults&)>& tell) {
  return Verifier(db, audit, options, tell).run();
}

std::string summary(const VerifyReport& report, bool sink) {
  const auto counted = [](std::int64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
  };
  return fmt::format("{} with {}, {}: {}", counted(report.chains, "chain"),
                     counted(report.rows, "row"),
                     sink ? "a sink of " + counted(report.sink_lines, "line") : "no sink",
                     report.faults == 0 ? "nothing is wrong" : counted(report.faults, "fault"));
}

std::string chain_key(std::string_view secrets_key) { return derive_key(secrets_key, "audit"); }
std::string sink_key(std::string_view secrets_key) { return derive_key(secrets_key, "audit-sink"); }

}  // namespace ks::audit
