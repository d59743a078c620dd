#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "audit/sink.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/audit.hpp"
#include "store/sync.hpp"

namespace ks::audit {

inline const FleetScope kAuditFleet(FleetReason::audit);

// An end that waits longer than this for the sink is told to operators: rounds are a minute apart,
// and the lease of a process that died ends after two and a half.
inline constexpr Duration kHeadsLate = minutes(5);

// Tells the sink of every chain that moved, again and again. Of several processes on one database
// one does it at a time, under a lease. Has a thread of its own: a sink may be slow.
class HeadKeeper {
 public:
  HeadKeeper(Database& db, AuditStore& audit, SyncStore& leases, std::unique_ptr<HeadSink> sink,
             const Clock& clock, Random& random, Duration every = minutes(1));
  ~HeadKeeper();
  HeadKeeper(const HeadKeeper&) = delete;
  HeadKeeper& operator=(const HeadKeeper&) = delete;

  void start();
  // Once more, so that a server that was stopped leaves nothing untold.
  void stop();

  // One round over all chains, in the caller's thread: how many ends were told. None where another
  // process has the lease. What the sink took is told again when the process dies before the
  // database knows.
  Result<int> round();

  // Looks whether an end waits for longer than kHeadsLate, whichever process has the lease; not in
  // the first kHeadsLate of this one, which may have begun with what waited for it.
  Result<void> look();
  // What the last look found, in plain words; empty when nothing waits. From any thread.
  std::string trouble() const;

 private:
  void run();
  // The fence; none where another process has it.
  Result<std::optional<std::int64_t>> lease();
  Result<void> release();

  Database& db_;
  AuditStore& audit_;
  SyncStore& leases_;
  std::unique_ptr<HeadSink> sink_;
  const Clock& clock_;
  const Duration every_;
  const std::string holder_;
  const Time began_;  // Of the clock that never goes back.
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  std::string trouble_;
  std::thread thread_;
};

}  // namespace ks::audit
