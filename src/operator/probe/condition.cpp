#include "operator/probe/condition.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "operator/plan/step.hpp"

namespace ks::op {

namespace {

struct Said {
  const char* status;
  std::string reason;
  std::string message;
};

Said said_by(const SandboxStatus& next, const SandboxResource& sandbox, const NetworkKnown& known) {
  const NetworkProof& proof = *known.proof;
  if (proof.verdict == NetworkVerdict::not_enforced)
    return {"False", std::string(name(proof.verdict)), proof.words};
  // Whatever a probe showed: these are ways around the policies.
  if (next.isolation && !next.isolation->findings.empty())
    return {"False", "Exposed",
            fmt::format("The last look at the cluster found {} by which the sandbox is not alone; "
                        "they stand in .status.isolation.",
                        next.isolation->findings.size() == 1
                            ? std::string("a way")
                            : fmt::format("{} ways", next.isolation->findings.size()))};
  if (proof.verdict != NetworkVerdict::enforced)
    return {"Unknown", std::string(name(proof.verdict)), proof.words};
  if (!next.isolation || next.isolation->profile != sandbox.spec.isolation ||
      !known.looked.value_or(true))
    return {"Unknown", "NotLooked",
            "The network enforces policies, but no complete look at the cluster has shown that "
            "those of this sandbox leave no way open."};
  return {"True", std::string(name(proof.verdict)),
          "A probe showed that the network enforces policies, and a look at the cluster that those "
          "of this sandbox leave no way open."};
}

}  // namespace

void set_network_condition(SandboxStatus& next, const SandboxResource& sandbox,
                           const NetworkKnown& known, Time now) {
  const auto at = std::ranges::find(next.conditions, kNetworkIsolated, &Condition::type);
  if (at == next.conditions.end()) return;
  const Condition* before = sandbox.status.find(kNetworkIsolated);
  if (!known.proof) {
    if (before != nullptr) {
      const std::int64_t generation = at->observed_generation;
      *at = *before;
      at->observed_generation = generation;
    }
    return;
  }
  Said said = said_by(next, sandbox, known);
  at->status = said.status;
  at->reason = std::move(said.reason);
  at->message = std::move(said.message);
  stamp(next.conditions, sandbox.status.conditions, now);
}

}  // namespace ks::op
