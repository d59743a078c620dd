#include "operator/plan/news.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "operator/plan/builder.hpp"
#include "operator/plan/events.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// Reasons whose messages quote a server or a node, and so whatever a tenant wrote: an argument, a
// variable that is put into one.
constexpr std::array<std::string_view, 4> kQuoting = {"Refused", "IngressRefused",
                                                      "CreateContainerError", "RunContainerError"};

std::string unquoted(std::string_view reason, const std::string& message) {
  const std::size_t quote = message.find(": ");
  if (quote == message.npos || std::ranges::find(kQuoting, reason) == kQuoting.end())
    return message;
  return message.substr(0, quote) + ". The status says why.";
}

// "Ingress web, Deployment web-db and 2 more".
std::string listed(const std::vector<kube::Ref>& refs) {
  constexpr std::size_t kNamed = 5;
  std::string out;
  for (std::size_t i = 0; i < std::min(refs.size(), kNamed); ++i)
    out += fmt::format("{}{} {}", i == 0 ? "" : ", ", refs[i].kind.name, refs[i].name);
  if (refs.size() > kNamed) out += fmt::format(" and {} more", refs.size() - kNamed);
  return out;
}

// "pods 5 to 10, limits.cpu 1 to none".
std::string quota_changes(const Json& before, const Json& now) {
  std::string out;
  const auto add = [&](std::string_view key, std::string_view was, std::string_view is) {
    if (was == is) return;
    out += fmt::format("{}{} {} to {}", out.empty() ? "" : ", ", key, was.empty() ? "none" : was,
                       is.empty() ? "none" : is);
  };
  for (const auto& [key, value] : now.members()) add(key, before.text(key), now.text(key));
  if (before.is_object())
    for (const auto& [key, value] : before.members())
      if (now.find(key) == nullptr) add(key, before.text(key), {});
  return out;
}

std::string_view hash_of(const Seen& seen) {
  return seen.object->at("metadata", "annotations").text(annotations::kWanted);
}

}  // namespace

std::optional<News> news_of(const SandboxStatus& before, const SandboxStatus& now) {
  const Condition* was = before.find("Ready");
  const Condition* is = now.find("Ready");
  if (is == nullptr || is->reason == "Applying") return std::nullopt;
  if (was != nullptr && was->status == is->status && was->reason == is->reason) return std::nullopt;
  // Of what is deleted, and waits for that, nothing is wrong.
  const bool ends = is->reason == "Deleting" || is->reason == "DeletionProtected";
  return News{is->reason, unquoted(is->reason, is->message), is->status != "True" && !ends};
}

std::optional<News> news_of(const UserDeploymentStatus& before, const UserDeploymentStatus& now) {
  if (before.phase == now.phase && before.reason == now.reason) return std::nullopt;
  const bool bad = now.phase == Phase::error || now.phase == Phase::degraded;
  return News{now.reason.empty() ? std::string(name(now.phase)) : now.reason,
              unquoted(now.reason, now.message), bad};
}

std::vector<News> news_of(const std::vector<Step>& steps, const SeenList& before,
                          const std::function<bool(const kube::Ref&)>& stood) {
  std::vector<News> out;
  std::vector<kube::Ref> changed, missing, removed;
  for (const Step& step : steps) {
    if (step.verb == Step::Verb::remove) {
      // Told to go whether it is there or not.
      if (step.ref.kind != kinds::kSecret) removed.push_back(step.ref);
      continue;
    }
    // Finalizers and statuses are no objects of their own.
    if (step.object->hash().empty()) continue;
    const Seen seen = find_seen(before, step.ref);
    if (!seen) {
      if (stood(step.ref)) missing.push_back(step.ref);
    } else if (hash_of(seen) == step.object->hash()) {
      changed.push_back(step.ref);
    } else if (step.ref.kind == kinds::kResourceQuota) {
      const std::string changes =
          quota_changes(seen.object->at("spec", "hard"), step.object->tree().at("spec", "hard"));
      if (!changes.empty())
        out.push_back({"QuotaChanged", fmt::format("The quota changed: {}.", changes), false});
    }
  }
  if (!changed.empty())
    out.push_back({"DriftCorrected",
                   fmt::format("Changed by somebody else, and put right: {}.", listed(changed)),
                   true});
  if (!missing.empty())
    out.push_back({"DriftCorrected",
                   fmt::format("Taken away by somebody else, and made again: {}.", listed(missing)),
                   true});
  if (!removed.empty())
    out.push_back({"Removed", fmt::format("Taken away: {}.", listed(removed)), false});
  return out;
}

News news_of_failures(std::string_view cause) {
  return {"BackOff",
          fmt::format("The last tries failed ({}). It is tried again, with pauses that grow to "
                      "five minutes.",
                      cause),
          true};
}

Object event_about(const kube::Kind& kind, const ResourceMeta& meta, const News& news,
                   const Telling& telling) {
  // An Event's message has at most 1024 bytes.
  constexpr std::size_t kMessageMax = 1000;
  const std::string ns = meta.ns.empty() ? std::string(kClusterEvents) : meta.ns;
  Json about = Json::object({{"apiVersion", kind.api_version()}, {"kind", kind.name}});
  // kubectl describe asks for Events with exactly the namespace of what it describes.
  if (!meta.ns.empty()) about.set("namespace", meta.ns);
  about.set("name", meta.name).set("uid", meta.uid);
  return Builder::plain(
      kinds::kEvent, Json::object({{"name", telling.name}, {"namespace", ns}}),
      Json::object({{"involvedObject", std::move(about)},
                    {"type", news.warning ? "Warning" : "Normal"},
                    {"reason", news.reason},
                    {"message", first_bytes(news.message, kMessageMax)},
                    {"source", Json::object({{"component", labels::kProduct}})},
                    {"reportingComponent", labels::kProduct},
                    {"firstTimestamp", rfc3339(telling.first).substr(0, 19) + "Z"},
                    {"lastTimestamp", rfc3339(telling.last).substr(0, 19) + "Z"},
                    {"count", telling.count}}));
}

}  // namespace ks::op
