#include "operator/engine/node_watch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.hpp"

namespace ks::op {

bool NodeWatch::pump() {
  if (!enabled() || clock_.monotonic() < next_) return false;
  Json::Array nodes;
  kube::ListOptions options;
  options.limit = kube::page_limit(kube::kinds::kNode);
  do {
    auto page = cluster_.list(kube::kinds::kNode, options);
    if (!page) {
      // What was known before still holds; an answer that is a refusal will not get better.
      log::warn("nodes cannot be read, so new pods get no other user namespaces than before",
                {{"status", std::to_string(page.error().status)}});
      knows_ = knows_ || page.error().status == 403;
      next_ = clock_.monotonic() + kAgain;
      return true;
    }
    for (Json& node : page->items) nodes.push_back(std::move(node));
    options.continue_token = page->continue_token;
  } while (!options.continue_token.empty());
  const UserNamespaceNodes found = user_namespace_nodes(nodes);
  take(found);
  // Where none counts, as after an outage, the first that does is not waited for so long.
  next_ = clock_.monotonic() + (found.counted == 0 ? kAgain : kEvery);
  return true;
}

void NodeWatch::take(const UserNamespaceNodes& nodes) {
  // Where none counts, as while all restart, what was known holds. Nothing waits for a node: one
  // may be added only when there are pods for it.
  if (nodes.counted == 0 && knows_) return;
  if (!knows_ || nodes.unable != last_.unable) {
    if (nodes.facts().user_namespaces)
      log::info("every node has user namespaces: new pods run in them");
    else if (nodes.counted == 0)
      log::warn("no node is ready: new pods run without user namespaces");
    else
      log::warn("nodes have no user namespaces, so that new pods run without",
                {{"nodes", fmt::format("{}", fmt::join(nodes.unable, ", "))}});
  }
  knows_ = true;
  last_ = nodes;
  reconciler_.know(nodes.facts());
}

}  // namespace ks::op
