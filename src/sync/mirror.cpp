#include "sync/mirror.hpp"

#include <algorithm>
#include <set>

#include "base/log.hpp"

namespace ks::sync {

Mirror::Mirror(kube::Cluster& cluster, kube::Kind kind, std::string selector, Listener changed)
    : cluster_(cluster),
      kind_(std::move(kind)),
      selector_(std::move(selector)),
      changed_(std::move(changed)) {}

bool Mirror::complete() const {
  const std::lock_guard lock(mutex_);
  return complete_;
}

std::string Mirror::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

std::optional<Json> Mirror::find(std::string_view ns, std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto at = objects_.find(Key(ns, name));
  return at == objects_.end() ? std::nullopt : std::optional(at->second);
}

void Mirror::put(const Json& object) {
  const std::lock_guard lock(mutex_);
  objects_[Key(object.text("metadata", "namespace"), object.text("metadata", "name"))] = object;
}

void Mirror::fail(const kube::KubeError& error) {
  const std::lock_guard lock(mutex_);
  trouble_ = error.message.empty() ? error.reason : error.message;
  if (trouble_.empty()) trouble_ = "no answer";
}

// Lists everything, tells what is new, changed and gone, and gives the version to watch from.
kube::KubeResult<std::string> Mirror::list() {
  std::map<Key, Json> fresh;
  kube::ListOptions options;
  options.label_selector = selector_;
  std::string version;
  do {
    auto page = cluster_.list(kind_, options);
    if (!page) return std::unexpected(std::move(page).error());
    for (Json& item : page->items)
      fresh[Key(item.text("metadata", "namespace"), item.text("metadata", "name"))] = item;
    options.continue_token = page->continue_token;
    version = page->resource_version;
  } while (!options.continue_token.empty());
  std::vector<Json> gone;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, object] : objects_)
      if (!fresh.contains(key)) gone.push_back(object);
    objects_ = fresh;
    complete_ = true;
    trouble_.clear();
  }
  for (const Json& object : gone) changed_(object, true);
  for (const auto& [key, object] : fresh) changed_(object, false);
  return version;
}

void Mirror::serve(const std::function<bool()>& running) {
  constexpr Duration kWaitMin = milliseconds(100), kWaitMax = seconds(5);
  Duration wait = kWaitMin;
  std::string version;
  const auto pause = [&] {
    for (Duration left = wait; running() && left.us > 0; left = left - milliseconds(250))
      runtime::sleep_for(std::min(left, milliseconds(250)));
    wait = std::min(wait * 2, kWaitMax);
  };
  while (running()) {
    if (version.empty()) {
      auto listed = list();
      if (!listed) {
        fail(listed.error());
        pause();
        continue;
      }
      version = std::move(*listed);
    }
    auto watch = cluster_.watch(kind_, kube::WatchOptions{"", selector_, version});
    if (!watch) {
      if (watch.error().is_expired())
        version.clear();
      else
        fail(watch.error());
      pause();
      continue;
    }
    wait = kWaitMin;
    while (running()) {
      auto event = (*watch)->next(milliseconds(500));
      if (!event) {
        if (event.error().is_expired()) version.clear();
        break;
      }
      if (!*event) continue;
      const Json& object = (*event)->object;
      version = object.text("metadata", "resourceVersion");
      if ((*event)->type == kube::WatchEvent::Type::bookmark) continue;
      const bool gone = (*event)->type == kube::WatchEvent::Type::deleted;
      {
        const std::lock_guard lock(mutex_);
        const Key key(object.text("metadata", "namespace"), object.text("metadata", "name"));
        if (gone)
          objects_.erase(key);
        else
          objects_[key] = object;
      }
      changed_(object, gone);
    }
    if (!version.empty() && running()) pause();
  }
}

}  // namespace ks::sync
