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
      holder_(uuid_v7(clock, random)),
      began_(clock.monotonic()) {}

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
    if (const auto looked = look(); !looked)
      log::warn("whether ends of the audit chains wait for the sink was not seen",
                {{"problem", looked.error().problem}, {"what", looked.error().message}});
    std::unique_lock lock(mutex_);
    last =
        ended_.wait_for(lock, std::chrono::microseconds(every_.us), [this] { return stopping_; });
  }
}

Result<std::optional<std::int64_t>> HeadKeeper::lease() {
  KS_TRY(const auto grant, db_.fleet_write(kAuditFleet, [&](Tx& tx) {
    const Time now = clock_.now();
    return leases_.lease(tx, kAuditFleet, kLease, holder_, now, now + every_ * 2 + seconds(30));
  }));
  return grant ? std::optional(grant->fence) : std::nullopt;
}

Result<void> HeadKeeper::look() {
  bool late = false;
  if (clock_.monotonic() - began_ > kHeadsLate) {
    const Time limit = clock_.now() - kHeadsLate;
    for (std::optional<AuditChain> after; !late;) {
      KS_TRY(const auto waiting, db_.fleet_read(kAuditFleet, [&](Tx& tx) {
        return audit_.unsunk(tx, kAuditFleet, after, kBatch);
      }));
      if (waiting.empty()) break;
      after = waiting.back().chain;
      KS_TRY(late, db_.fleet_read(kAuditFleet, [&](Tx& tx) -> Result<bool> {
        for (const AuditEnd& end : waiting) {
          KS_TRY(const auto first, audit_.rows_after(tx, kAuditFleet, end.chain, end.sunk, 1));
          if (!first.empty() && first.front().at < limit) return true;
        }
        return false;
      }));
    }
  }
  const std::lock_guard lock(mutex_);
  if (late && trouble_.empty())
    log::warn("ends of the audit chains have waited for the sink for minutes");
  trouble_ = late ? "ends of chains have waited for the sink for minutes" : "";
  return {};
}

std::string HeadKeeper::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

Result<int> HeadKeeper::round() {
  int told = 0;
  // Each chain once: one that moves on meanwhile waits for the next round, so that whoever writes
  // fast keeps nobody else's head from the sink, and a round has an end.
  for (std::optional<AuditChain> after;;) {
    KS_TRY(const auto fence, lease());
    if (!fence) return told;
    KS_TRY(const auto moved, db_.fleet_read(kAuditFleet, [&](Tx& tx) {
      return audit_.unsunk(tx, kAuditFleet, after, kBatch);
    }));
    if (moved.empty()) return told;
    after = moved.back().chain;
    std::vector<SinkEntry> entries;
    entries.reserve(moved.size());
    for (const AuditEnd& end : moved) entries.push_back({end.chain, end.head});
    // Who was held up meanwhile, and had the lease taken away, has read older ends than the next
    // holder told.
    const auto taken = sink_->append(entries, clock_.now(), [&]() -> Result<bool> {
      KS_TRY(const auto now, lease());
      return now == fence;
    });
    if (!taken) {
      // Another server's may take them.
      KS_CHECK(release());
      return std::unexpected(taken.error());
    }
    if (!*taken) return told;
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
