#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "operator/engine/cache.hpp"

namespace ks::op {

// 5 ms, doubling to 5 minutes, the upper half of each by chance, so that many who failed together
// do not come back together.
Duration back_off(std::size_t failures, Random& random);

// Keeps one kind in the cache: lists it page by page, then follows the watch from there; resumes
// after a break, and lists again when the server no longer knows the version (410), is at an
// earlier one, or the watch says nothing for long.
class Informer {
 public:
  Informer(kube::Cluster& cluster, Cache& cache, const kube::Kind& kind, std::string selector,
           const Clock& clock, Random& random)
      : cluster_(cluster),
        cache_(cache),
        kind_(kind),
        selector_(std::move(selector)),
        clock_(clock),
        random_(random) {}

  // Does one thing: fetches a page, opens the watch or takes one event in, for which it waits up to
  // `wait`. False when nothing came, or it is not yet time to try again.
  bool pump(Duration wait);
  // Ends the waiting of a pump(). On the loop that pumps.
  void wake();

  const kube::Kind& kind() const { return kind_; }
  bool synced() const { return synced_; }
  // Whether the server has told something of the kind lately, if only that nothing has changed.
  bool current() const { return synced_ && clock_.monotonic() - heard_ < kube::kWatchSilence; }
  std::size_t relists() const { return relists_; }
  // When a failure is to be tried again; zero when there is none.
  Time retry_at() const { return retry_at_; }
  // What the server said to the last try, if that failed; status 200 otherwise.
  const kube::KubeError& failure() const { return failure_; }

 private:
  bool list_page();
  bool open_watch();
  bool server_went_back();
  bool take_event(Duration wait);
  void failed(const kube::KubeError& error);
  void succeeded();
  void start_over();

  kube::Cluster& cluster_;
  Cache& cache_;
  const kube::Kind& kind_;
  std::string selector_;
  const Clock& clock_;
  Random& random_;

  bool synced_ = false;
  bool listed_ = false;   // version_ is good to watch from.
  bool resumes_ = false;  // A watch from there broke off.
  std::string version_;
  std::string continue_token_;
  std::vector<Json> pages_;
  std::unique_ptr<kube::Watch> watch_;
  Time heard_{};
  std::size_t failures_ = 0;
  std::size_t relists_ = 0;
  Time retry_at_{};
  kube::KubeError failure_{200, {}, {}, {}};
};

}  // namespace ks::op
