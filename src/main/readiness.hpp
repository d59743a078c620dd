#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.hpp"

namespace ks {

// What /readyz tells.
struct ReadyState {
  bool database = false;
  bool cluster = false;
  bool operator_ = false;
  // Whether the sink of the audit chains is told in time. Told only: what writes to the database,
  // or a full disk, must not take every server away by it.
  bool audit = false;
};

// Looks at most once a second, however many ask, and one at a time: nobody can use the question to
// take the database's connections. From any thread; who asks while a look is under way waits for
// its end.
class Readiness {
 public:
  Readiness(const Clock& clock, std::function<ReadyState()> look)
      : clock_(clock), look_(std::move(look)) {}

  ReadyState now();

 private:
  struct Look;
  void finish(const std::shared_ptr<Look>& look);

  const Clock& clock_;
  const std::function<ReadyState()> look_;
  std::mutex mutex_;
  std::optional<ReadyState> last_;
  Time last_at_;
  std::shared_ptr<Look> running_;
};

}  // namespace ks
