#include "audit/keeper.hpp"

#include <chrono>

#include "base/log.hpp"

namespace ks::audit {

namespace {
constexpr std::string_view kLease = "audit-heads";
constexpr int kBatch = 256;
}  // namespace

HeadKeeper::HeadKeeper(Database& db, AuditStore& audit, SyncStore& leases,
                       std::unique_ptr<HeadSink> sink, const Clock& clock, Random& random,
                       Duration every)
    : db_(db),
      audit_(audit),
      leases_(leases),
      sink_(std::move(sink)),
      clock_(clock),
      every_(every),
      holder_(uuid_v7(clock, random)) {}

HeadKeeper::~HeadKeeper() { stop(); }

void HeadKeeper::start() {
  thread_ = std::thread([this] { run(); });
}

void HeadKeeper::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ended_.notify_all();
  thread_.join();
  (void)release();
}

Result<void> HeadKeeper::release() {
  return db_.fleet_write(kAuditFleet,
                         [&](Tx& tx) { return leases_.release(tx, kAuditFleet, kLease, holder_); });
}

void HeadKeeper::run() {
  for (bool last = false;;) {
    const auto told = round();
    if (!told)
      log::warn("the ends of the audit chains were not told to the sink",
                {{"problem", told.error().problem}, {"what", told.error().message}});
    if (last) return;
    std::unique_lock lock(mutex_);
    last =
        ended_.wait_for(lock, std::chrono::microseconds(every_.us), [this] { return stopping_; });
  }
}

Result<bool> HeadKeeper::lease() {
  KS_TRY(const auto grant, db_.fleet_write(kAuditFleet, [&](Tx& tx) {
    const Time now = clock_.now();
    return leases_.lease(tx, kAuditFleet, kLease, holder_, now, now + every_ * 2 + seconds(30));
  }));
  return grant.has_value();
}

Result<int> HeadKeeper::round() {
  int told = 0;
  // Each chain once: one that moves on meanwhile waits for the next round, so that whoever writes
  // fast keeps nobody else's head from the sink, and a round has an end.
  for (std::optional<AuditChain> after;;) {
    KS_TRY(const bool ours, lease());
    if (!ours) return told;
    KS_TRY(const auto moved, db_.fleet_read(kAuditFleet, [&](Tx& tx) {
      return audit_.unsunk(tx, kAuditFleet, after, kBatch);
    }));
    if (moved.empty()) return told;
    after = moved.back().chain;
    std::vector<SinkEntry> entries;
    entries.reserve(moved.size());
    for (const AuditEnd& end : moved) entries.push_back({end.chain, end.head});
    if (auto taken = sink_->append(entries, clock_.now()); !taken) {
      // Another server's may take them.
      KS_CHECK(release());
      return std::unexpected(std::move(taken).error());
    }
    // Each by itself: one transaction would hold the locks of all these organizations while it
    // waits for one of them.
    for (const AuditEnd& end : moved)
      KS_CHECK(db_.fleet_write(kAuditFleet, [&](Tx& tx) {
        return audit_.set_sunk(tx, kAuditFleet, end.chain, end.head.seq);
      }));
    told += static_cast<int>(moved.size());
  }
}

}  // namespace ks::audit
