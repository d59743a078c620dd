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
    if (listens(*pod))
      out.addresses.emplace(role, pod->text("status", "podIP"));
    else
      lacking.push_back(fmt::format("{}: {}", name(role), state_of(*pod)));
  }
  if (lacking.empty()) {
    out.kind = ProbeNext::Kind::connect;
    return out;
  }
  if (now - round.since >= ProbeRound::kListenersWithin)
    return failed(fmt::format("Pods of the probe do not come up: {}.", fmt::join(lacking, "; ")));
  return out;
}

ProbeNext judge(const ProbeTelling& told) {
  if (told.open != ProbeTelling::kAnswered)
    return failed(
        fmt::format("A connection that the policies allow did not get through ({}), so that "
                    "nothing can be said "
                    "of those that they deny.",
                    told.open));
  const bool in = told.no_entry == ProbeTelling::kAnswered;
  const bool out = told.no_exit == ProbeTelling::kAnswered;
  if (!in && !out)
    return over(NetworkVerdict::enforced,
                "The network let through what the policies allow, and nothing that they deny.");
  return over(
      NetworkVerdict::not_enforced,
      fmt::format("The network let traffic {} a pod that the policies deny: nobody enforces "
                  "them there.",
                  in && out ? "into and out of"
                  : in      ? "into"
                            : "out of"));
}

ProbeNext connector(const ProbeRound& round, const std::vector<Json>& pods, Time now) {
  const Json* pod = pod_of(round, ProbeRole::connector, pods);
  if (pod == nullptr || is_ending(*pod)) return failed("The pod connector of the probe went away.");
  // A listener that ended would look like one that is closed.
  for (const ProbeRole role : kProbeListeners) {
    const Json* other = pod_of(round, role, pods);
    if (other == nullptr || !listens(*other))
      return failed(fmt::format("The pod {} of the probe stopped listening.", name(role)));
  }
  const Json& terminated = container_of(*pod).at("state", "terminated");
  if (terminated.is_object()) {
    const auto told = ProbeTelling::parse(terminated.text("message"));
    if (terminated.integer_or(-1, "exitCode") != 0 || !told || told->round != round.id)
      return failed(
          fmt::format("The pod connector of the probe ended with {} and told nothing of "
                      "this probe: is NETWORK_PROBE_IMAGE the image of this version?",
                      terminated.integer_or(-1, "exitCode")));
    return judge(*told);
  }
  if (has_ended(*pod))
    return failed(fmt::format("The pod connector of the probe ended: {}.", state_of(*pod)));
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
