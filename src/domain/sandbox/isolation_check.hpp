#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "domain/sandbox/isolation_seen.hpp"

namespace ks {

// The last look at the whole cluster that stands in every sandbox's status.
struct IsolationCheck {
  Time at;                // When the look began.
  bool complete = false;  // A look that could not read everything proves nothing.
  friend bool operator==(const IsolationCheck&, const IsolationCheck&) = default;
};

// How the operator tells of it: a Lease in the system namespace, with its renewTime and this
// annotation.
struct IsolationSignature {
  static constexpr std::string_view kLease = "k8s-scheduler-isolation";
  static constexpr std::string_view kUnread = "k8s-scheduler.dev/unread";

  IsolationCheck check;
  std::string unread;  // What could not be read, a line each.
  friend bool operator==(const IsolationSignature&, const IsolationSignature&) = default;

  // Nothing where it is none of ours.
  static std::optional<IsolationSignature> of_lease(const Json& lease);
};

// Whether a sandbox's tenant is alone in it.
enum class Aloneness {
  alone,    // The last look proves it.
  exposed,  // The last look that found anything out found the contrary.
  unknown,  // Nothing proves it at the moment: no look yet, an old one, or one that was incomplete.
};
// "alone", "exposed", "unknown".
std::string_view name(Aloneness aloneness);
// `wanted` is the profile that the tenant is promised; one that the cluster does not have yet is
// not proved. Nor does a check prove anything that began more than `fresh_for` ago, or in the
// future.
Aloneness aloneness(Isolation wanted, const std::optional<IsolationSeen>& seen,
                    const std::optional<IsolationCheck>& check, Time now, Duration fresh_for);
bool is_proof(const std::optional<IsolationCheck>& check, Time now, Duration fresh_for);

}  // namespace ks
