#include "operator/plan/events.hpp"

#include <algorithm>
#include <array>

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

constexpr std::array<std::string_view, 4> kReasons = {"Unhealthy", "FailedMount",
                                                      "FailedAttachVolume", "ProvisioningFailed"};

// Kubernetes writes one of these, by the age of who reports.
std::string_view time_of(const Json& event) {
  for (const std::string_view at :
       {event.text("series", "lastObservedTime"), event.text("lastTimestamp"),
        event.text("eventTime"), event.text("metadata", "creationTimestamp")})
    if (!at.empty()) return at;
  return {};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// "Readiness probe failed: HTTP probe failed with statuscode: 503"
// (k8s.io/kubernetes, pkg/kubelet/prober and pkg/probe/http). The rest names addresses, and pages
// of the workload's own.
std::string answer_in(std::string_view message) {
  constexpr std::string_view kCode = "statuscode: ";
  if (const std::size_t at = message.find(kCode); at != std::string_view::npos) {
    const std::string_view code = message.substr(at + kCode.size(), 3);
    const bool digits =
        code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
    return digits ? "HTTP " + std::string(code) : std::string();
  }
  if (has(message, "connection refused")) return "connection refused";
  if (has(message, "deadline exceeded") || has(message, "imeout")) return "no answer in time";
  return {};
}

}  // namespace

bool tells_cause(const Json& event) {
  return std::ranges::find(kReasons, event.text("reason")) != kReasons.end() &&
         subject_of(event).has_value();
}

Json trimmed_event(const Json& event) {
  // Of the message a few words are read, which stand at its beginning. Who may write Events may
  // make it long.
  constexpr std::size_t kMessageMax = 256;
  const Json& metadata = event.at("metadata");
  const Json& subject = event.at("involvedObject");
  Json out = Json::object({{"reason", event.text("reason")},
                           {"message", first_bytes(event.text("message"), kMessageMax)},
                           {"lastTimestamp", time_of(event)}});
  for (const char* field : {"name", "namespace", "uid", "resourceVersion"})
    out["metadata"].set(field, metadata.text(field));
  for (const char* field : {"kind", "name", "uid"})
    out["involvedObject"].set(field, subject.text(field));
  return out;
}

std::optional<kube::Ref> subject_of(const Json& event) {
  const std::string_view kind = event.text("involvedObject", "kind");
  const std::string ns(event.text("metadata", "namespace"));
  const std::string name(event.text("involvedObject", "name"));
  if (kind == kinds::kPod.name) return kube::Ref{kinds::kPod, ns, name};
  if (kind == kinds::kPersistentVolumeClaim.name)
    return kube::Ref{kinds::kPersistentVolumeClaim, ns, name};
  return std::nullopt;
}

Seen last_event(const Seen& subject, std::string_view reason, const std::vector<Seen>& events) {
  Seen out;
  for (const Seen& event : events) {
    if (event.object->text("reason") != reason ||
        event.object->text("involvedObject", "uid") != subject.uid())
      continue;
    // RFC 3339 in UTC: the order of texts is the order of times.
    if (!out || time_of(*event.object) > time_of(*out.object)) out = event;
  }
  return out;
}

std::optional<FailedProbe> failed_probe(const Seen& pod, const std::vector<Seen>& events) {
  const Seen event = last_event(pod, "Unhealthy", events);
  if (!event) return std::nullopt;
  const std::string_view message = event.object->text("message");
  FailedProbe out;
  if (message.starts_with("Startup")) out.kind = FailedProbe::Kind::startup;
  if (message.starts_with("Liveness")) out.kind = FailedProbe::Kind::liveness;
  out.answer = answer_in(message);
  out.at = time_of(*event.object);
  return out;
}

std::string first_bytes(std::string_view text, std::size_t bytes) {
  if (text.size() > bytes) {
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
    text = text.substr(0, bytes);
  }
  return std::string(text);
}

}  // namespace ks::op
