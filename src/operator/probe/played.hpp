#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "domain/resources.hpp"
#include "operator/probe/objects.hpp"

// The connector of a probe as a simulated cluster plays it, for tests.
namespace ks::op {

enum class PlayedNetwork {
  enforces,
  lets_in,   // Only what leaves a pod is checked.
  lets_out,  // Only what enters one is.
  lets_all,
  stops_all,
};

// For kube::simulated::Options::ends: what a connector tells, by what it was started with.
inline std::optional<std::string> played_probe(PlayedNetwork network, const Json& pod) {
  if (pod.at("metadata", "labels").text(labels::kProbe) != name(ProbeRole::connector))
    return std::nullopt;
  const auto& args = pod.at("spec", "containers").as_array().at(0).at("args").as_array();
  const auto told = [](bool answers) {
    return std::string(answers ? ProbeTelling::kAnswered : "timeout");
  };
  using enum PlayedNetwork;
  const bool all = network == lets_all;
  return ProbeTelling{std::string(args.at(3).as_string()), told(network != stops_all),
                      told(all || network == lets_in), told(all || network == lets_out)}
      .text();
}

}  // namespace ks::op
