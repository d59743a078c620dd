#include "operator/probe/round.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "operator/probe/objects.hpp"

namespace ks::op {

namespace {

ProbeNext over(NetworkVerdict verdict, std::string words) {
  ProbeNext out;
  out.kind = ProbeNext::Kind::over;
  out.verdict = verdict;
  out.words = std::move(words);
  return out;
}
ProbeNext failed(std::string words) { return over(NetworkVerdict::failed, std::move(words)); }

const Json* pod_of(const ProbeRound& round, ProbeRole role, const std::vector<Json>& pods) {
  for (const Json& pod : pods) {
    const Json& labels = pod.at("metadata", "labels");
    if (labels.text(labels::kProbe) == name(role) && labels.text(labels::kProbeRound) == round.id)
      return &pod;
  }
  return nullptr;
}

// Its only one.
const Json& container_of(const Json& pod) {
  static const Json kNone = Json::object();
  const Json& list = pod.at("status", "containerStatuses");
  return list.is_array() && !list.as_array().empty() ? list.as_array().front() : kNone;
}

std::string_view condition_of(const Json& pod, std::string_view type, std::string_view field) {
  const Json& list = pod.at("status", "conditions");
  if (list.is_array())
    for (const Json& c : list.as_array())
      if (c.text("type") == type) return c.text(field);
  return {};
}

bool is_ending(const Json& pod) { return !pod.text("metadata", "deletionTimestamp").empty(); }
bool has_ended(const Json& pod) {
  const std::string_view phase = pod.text("status", "phase");
  return phase == "Succeeded" || phase == "Failed";
}

// It is there, listens, and has done so since it was started.
bool listens(const Json& pod) {
  return !is_ending(pod) && !has_ended(pod) && condition_of(pod, "Ready", "status") == "True" &&
         !pod.text("status", "podIP").empty() &&
         container_of(pod).integer_or(0, "restartCount") == 0;
}

// In Kubernetes' own words, what it waits for or how it ended.
std::string state_of(const Json& pod) {
  if (const std::string_view why = pod.text("status", "reason"); !why.empty())
    return std::string(why);
  const Json& state = container_of(pod).at("state");
  for (const char* one : {"waiting", "terminated"})
    if (const std::string_view why = state.at(one).text("reason"); !why.empty())
      return std::string(why);
  if (condition_of(pod, "PodScheduled", "status") == "False")
    return fmt::format("{}", condition_of(pod, "PodScheduled", "reason"));
  const std::string_view phase = pod.text("status", "phase");
  return phase.empty() ? "Pending" : std::string(phase);
}

ProbeNext listeners(const ProbeRound& round, const std::vector<Json>& pods, Time now) {
  ProbeNext out;
  std::vector<std::string> lacking;
  for (const ProbeRole role : kProbeListeners) {
    const Json* pod = pod_of(round, role, pods);
    if (pod == nullptr || is_ending(*pod))
      return failed(fmt::format("The pod {} of the probe went away.", name(role)));
    if (has_ended(*pod))
      return failed(fmt::format("The pod {} of the probe ended: {}.", name(role), state_of(*pod)));
    if (listens(*pod)) {
      out.addresses.emplace(role, pod->text("status", "podIP"));
      out.ready.emplace(role, condition_of(*pod, "Ready", "lastTransitionTime"));
    } else {
      lacking.push_back(fmt::format("{}: {}", name(role), state_of(*pod)));
    }
  }
  if (lacking.empty()) {
    out.kind = ProbeNext::Kind::connect;
    return out;
  }
  if (now - round.since >= ProbeRound::kListenersWithin)
    return failed(fmt::format("Pods of the probe do not come up: {}.", fmt::join(lacking, "; ")));
  return out;
}

// It has listened without a break since before the connector was made.
bool listened(const ProbeRound& round, ProbeRole role, const Json* pod) {
  const auto at = round.ready.find(role);
  return pod != nullptr && listens(*pod) && at != round.ready.end() &&
         condition_of(*pod, "Ready", "lastTransitionTime") == at->second;
}

// Whether what the connector saw of this listener shows that traffic got through. The greeting is
// this round's own; a connection alone proves something only while the address is the listener's.
bool leaks(const ProbeRound& round, ProbeRole role, const std::string& word,
           const std::vector<Json>& pods) {
  if (word == ProbeTelling::kAnswered) return true;
  const Json* pod = pod_of(round, role, pods);
  return ProbeTelling::got_through(word) && pod != nullptr && !is_ending(*pod) && !has_ended(*pod);
}

ProbeNext judge(const ProbeRound& round, const ProbeTelling& told, const std::vector<Json>& pods) {
  const bool in = leaks(round, ProbeRole::no_entry, told.no_entry, pods);
  const bool out = leaks(round, ProbeRole::no_exit, told.no_exit, pods);
  // Before all else: strangers can keep any listener busy, and with that only take proofs away.
  if (in || out)
    return over(
        NetworkVerdict::not_enforced,
        fmt::format("The network let traffic {} a pod that the policies deny: nobody enforces "
                    "them there.",
                    in && out ? "into and out of"
                    : in      ? "into"
                              : "out of"));
  // A listener that ended, or was kept busy, would look like one that is closed.
  for (const ProbeRole role : kProbeListeners)
    if (!listened(round, role, pod_of(round, role, pods)))
      return failed(fmt::format("The pod {} of the probe stopped listening.", name(role)));
  if (told.open != ProbeTelling::kAnswered)
    return failed(
        fmt::format("A connection that the policies allow did not get through ({}), so that "
                    "nothing can be said of those that they deny.",
                    told.open));
  if (!ProbeTelling::is_denial(told.no_entry) || !ProbeTelling::is_denial(told.no_exit))
    return failed(
        fmt::format("The probe tells what nobody here knows ({}, {}): is "
                    "NETWORK_PROBE_IMAGE the image of this version?",
                    told.no_entry, told.no_exit));
  return over(NetworkVerdict::enforced,
              "The network let through what the policies allow, and nothing that they deny.");
}

ProbeNext connector(const ProbeRound& round, const std::vector<Json>& pods, Time now) {
  const Json* pod = pod_of(round, ProbeRole::connector, pods);
  if (pod == nullptr || is_ending(*pod)) return failed("The pod connector of the probe went away.");
  const Json& terminated = container_of(*pod).at("state", "terminated");
  if (terminated.is_object()) {
    const auto told = ProbeTelling::parse(terminated.text("message"));
    if (terminated.integer_or(-1, "exitCode") != 0 || !told || told->round != round.id)
      return failed(
          fmt::format("The pod connector of the probe ended with {} and told nothing of "
                      "this probe: is NETWORK_PROBE_IMAGE the image of this version?",
                      terminated.integer_or(-1, "exitCode")));
    return judge(round, *told, pods);
  }
  if (has_ended(*pod))
    return failed(fmt::format("The pod connector of the probe ended: {}.", state_of(*pod)));
  // A listener that is lost by now takes nothing from what the connector will have seen get
  // through.
  if (now - round.since >= ProbeRound::kConnectorWithin)
    return failed(
        fmt::format("The pod connector of the probe does not come to an end: {}.", state_of(*pod)));
  return {};
}

}  // namespace

ProbeNext next_of(const ProbeRound& round, const std::vector<Json>& pods, Time now) {
  return round.connects ? connector(round, pods, now) : listeners(round, pods, now);
}

}  // namespace ks::op
