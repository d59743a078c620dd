#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operator/plan/step.hpp"

// What Kubernetes tells of objects beside their statuses.
namespace ks::op {

// Whether an Event says more about why something does not run than the objects' statuses do. There
// are many others, and of all tenants and none; they are not kept.
bool tells_cause(const Json& event);
// The parts of it that are read.
Json trimmed_event(const Json& event);
// kube::kinds::kPod or kPersistentVolumeClaim, and which; `ns` is the Event's own.
std::optional<kube::Ref> subject_of(const Json& event);

// A check that a container did not pass.
struct FailedProbe {
  enum class Kind { startup, readiness, liveness } kind = Kind::readiness;
  // "HTTP 503", "connection refused", "no answer in time"; empty where nothing that may be told is
  // known.
  std::string answer;
  std::string at;  // RFC 3339.
};
// The last of this pod's.
std::optional<FailedProbe> failed_probe(const Seen& pod, const std::vector<Seen>& events);

// The last Event of that reason about this object.
Seen last_event(const Seen& subject, std::string_view reason, const std::vector<Seen>& events);

// The first bytes of a text, to the end of a character.
std::string first_bytes(std::string_view text, std::size_t bytes);

}  // namespace ks::op
