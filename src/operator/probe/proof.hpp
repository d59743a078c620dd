#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace ks::op {

// Whether the network enforces policies, as traffic of pods has shown it.
enum class NetworkVerdict {
  not_probed,    // Nothing has been tried.
  enforced,      // What is allowed got through, and what is denied did not.
  not_enforced,  // What is denied got through.
  failed,        // Nothing can be said: what is allowed did not get through, or no pod came up.
  old,           // It was enforced once, and that is too long ago to count.
};
// "NotProbed", "Enforced", "NotEnforced", "ProbeFailed", "ProbeOld": reasons of a condition.
std::string_view name(NetworkVerdict verdict);

// What the last probe came to. It stands in a Lease of the system namespace, so that it outlives
// the process that led, and others read it.
struct NetworkProof {
  static constexpr std::string_view kLease = "k8s-scheduler-network";
  static constexpr std::string_view kVerdict = "k8s-scheduler.dev/network";
  static constexpr std::string_view kWords = "k8s-scheduler.dev/network-words";
  // A proof counts for so many intervals: one may fail and be done again.
  static constexpr int kFreshIntervals = 3;

  NetworkVerdict verdict = NetworkVerdict::not_probed;
  std::string words;  // A sentence for whoever runs the cluster. No time in it: it is compared.
  Time at;            // When it was seen, on the wall clock.
  // What the last one came to cannot be read, so it may have been that nobody enforces policies:
  // the verdict is then `failed`, and nothing new is begun. In no Lease.
  bool unread = false;
  friend bool operator==(const NetworkProof&, const NetworkProof&) = default;

  // Before the first probe, and where there is none.
  static NetworkProof none();
  // Before what the last probe showed could be read, where there is one.
  static NetworkProof not_read();
  // Whether new sandboxes wait.
  bool forbids_new() const { return unread || verdict == NetworkVerdict::not_enforced; }
  // Nothing where it is none of ours.
  static std::optional<NetworkProof> of_lease(const Json& lease);
  Json lease(const std::string& system_namespace) const;

  // What it is worth at `now` where a probe is due every `every`. One from the future counts as
  // old, since a clock was wrong then or is now. That policies are not enforced never grows old:
  // only the contrary, once seen, ends it.
  NetworkProof worth(Time now, Duration every) const;
};

// What is known after a probe that came to `next`, the `tries`th in a row that may have failed. A
// single one that failed takes nothing back, and none that failed takes back that policies are not
// enforced, or may not be.
NetworkProof after(const std::optional<NetworkProof>& known, NetworkProof next, int tries);
// So many that fail in a row count.
inline constexpr int kProbeTries = 3;

}  // namespace ks::op
