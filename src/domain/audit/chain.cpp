#include "domain/audit/chain.hpp"

#include <algorithm>
#include <limits>

#include "base/digest.hpp"

namespace ks {

namespace {

// How far a row is looked for from where it stands. A row that was carried further is told as
// changed.
constexpr std::int64_t kMovedMax = 500;

std::string numbers(std::int64_t first, std::int64_t last) {
  return first == last ? "row " + std::to_string(first) + " is"
                       : "rows " + std::to_string(first) + " to " + std::to_string(last) + " are";
}

}  // namespace

std::string audit_mac(std::string_view key, const AuditChain& chain, const AuditRow& row) {
  const std::string seq = std::to_string(row.seq);
  const std::string at = std::to_string(row.at.us);
  // A client's own chain has no organization; an id is never empty, so the two cannot meet.
  const std::string_view org = chain.org ? chain.org->text() : std::string_view();
  return hex(hmac_fields(
      key, {chain.client.text(), org, seq, row.prev, at, row.actor_kind, row.actor_id, row.address,
            row.request_id, row.action, row.target_kind, row.target_id, row.result, row.detail}));
}

std::string_view name(AuditFault::Kind kind) {
  switch (kind) {
    case AuditFault::Kind::changed:
      return "changed";
    case AuditFault::Kind::moved:
      return "moved";
    case AuditFault::Kind::missing:
      return "missing";
    case AuditFault::Kind::unlinked:
      return "unlinked";
    case AuditFault::Kind::appended:
      return "appended";
    case AuditFault::Kind::cut:
      return "cut";
    case AuditFault::Kind::head:
      return "head";
    case AuditFault::Kind::sink:
      return "sink";
    case AuditFault::Kind::late:
      return "late";
  }
  return "";
}

void ChainCheck::add(AuditFault::Kind kind, std::int64_t seq, std::string what) {
  ++fault_count_;
  if (faults_.size() < kFaultsKept) faults_.push_back({kind, seq, std::move(what)});
}

void ChainCheck::judge(const AuditRow& row) {
  if (equal_secret(audit_mac(key_, chain_, row), row.mac)) return;
  // Only for the faults that are shown; looking around a row costs a thousand hashes.
  if (faults_.size() < kFaultsKept) {
    AuditRow elsewhere = row;
    const std::int64_t first = std::max<std::int64_t>(1, row.seq - kMovedMax);
    // A forged number may be the largest that there is.
    const std::int64_t last =
        std::min(row.seq, std::numeric_limits<std::int64_t>::max() - 1 - kMovedMax) + kMovedMax;
    for (elsewhere.seq = first; elsewhere.seq <= last; ++elsewhere.seq)
      if (elsewhere.seq != row.seq && equal_secret(audit_mac(key_, chain_, elsewhere), row.mac))
        return add(AuditFault::Kind::moved, row.seq,
                   "what stands here was written as row " + std::to_string(elsewhere.seq));
  }
  add(AuditFault::Kind::changed, row.seq, "the row is not what was written, or never was written");
}

void ChainCheck::row(const AuditRow& row) {
  ++rows_;
  if (row.seq < 1)
    return add(AuditFault::Kind::changed, row.seq, "the first row of a chain has the number 1");
  judge(row);
  if (row.seq > last_.seq + 1)
    add(AuditFault::Kind::missing, last_.seq + 1, numbers(last_.seq + 1, row.seq - 1) + " gone");
  else if (row.prev != last_.mac)
    add(AuditFault::Kind::unlinked, row.seq, "the row does not follow the one before it");
  last_ = {row.seq, row.mac};
}

void ChainCheck::end(const AuditHead& stored) {
  if (last_.seq < stored.seq)
    add(AuditFault::Kind::cut, last_.seq + 1, numbers(last_.seq + 1, stored.seq) + " gone");
  else if (last_.seq > stored.seq)
    add(AuditFault::Kind::appended, stored.seq + 1,
        "the chain ends at row " + std::to_string(stored.seq) + ", and rows follow");
  else if (last_.mac != stored.mac)
    add(AuditFault::Kind::head, stored.seq, "the stored end is not the last row");
  if (seen_ > std::max(last_.seq, stored.seq))
    add(AuditFault::Kind::cut, last_.seq + 1,
        "the sink saw " + std::to_string(seen_) + " rows; " + numbers(last_.seq + 1, seen_) +
            " gone");
}

Result<void> verify_chain(std::string_view audit_key, const ClientId& client, const OrgId& org,
                          const std::vector<AuditRow>& rows) {
  ChainCheck check{std::string(audit_key), AuditChain{client, org}};
  for (const AuditRow& row : rows) check.row(row);
  if (check.faults().empty()) return {};
  const AuditFault& first = check.faults().front();
  return bug("audit row " + std::to_string(first.seq) + ": " + first.what);
}

}  // namespace ks
