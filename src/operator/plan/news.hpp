#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operator/plan/step.hpp"

// What a person with kubectl is told of a resource of ours beside its status: what became of it, as
// Events. No text here has a value of a variable or a secret in it, whatever a status quotes.
namespace ks::op {

struct News {
  std::string reason;  // One word, as Kubernetes' own Events have.
  std::string message;
  bool warning = false;
  friend bool operator==(const News&, const News&) = default;
};

// Of a status that took the place of another. Nothing where only numbers and words differ.
std::optional<News> news_of(const SandboxStatus& before, const SandboxStatus& now);
std::optional<News> news_of(const UserDeploymentStatus& before, const UserDeploymentStatus& now);

// Of steps that were done. `before`: what was there. `stood`: whether an object was there when all
// was as wanted; one that lacks was then taken away by somebody else.
std::vector<News> news_of(const std::vector<Step>& steps, const SeenList& before,
                          const std::function<bool(const kube::Ref&)>& stood);

// Of many tries that failed one after the other; `cause` is a word of op::Reconciled.
News news_of_failures(std::string_view cause);

// Where Kubernetes keeps an Event about what is in no namespace; it takes none elsewhere
// (k8s.io/kubernetes, pkg/apis/core/validation/events.go). No tenant reads there.
inline constexpr std::string_view kClusterEvents = "default";

// How often an Event is told of, and when first and last.
struct Telling {
  std::string name;
  Time first{};
  Time last{};
  std::int64_t count = 1;
};
Object event_about(const kube::Kind& kind, const ResourceMeta& meta, const News& news,
                   const Telling& telling);

}  // namespace ks::op
