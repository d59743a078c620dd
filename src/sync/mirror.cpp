#include "sync/mirror.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>

#include "base/log.hpp"

namespace ks::sync {

namespace {
// Resource versions are decimal numbers that grow (KEP-5504); 0 for anything else.
std::uint64_t number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size() ? out : 0;
}

std::uint64_t version_of(const Json& object) {
  return number(object.text("metadata", "resourceVersion"));
}

bool is_older(const Json& object, const Json& than) {
  return version_of(object) != 0 && version_of(object) < version_of(than);
}
}  // namespace

Mirror::Mirror(kube::Cluster& cluster, kube::Kind kind, std::string selector, const Clock& clock,
               Listener changed)
    : cluster_(cluster),
      kind_(std::move(kind)),
      selector_(std::move(selector)),
      clock_(clock),
      changed_(std::move(changed)) {}

bool Mirror::complete() const {
  const std::lock_guard lock(mutex_);
  return complete_;
}

bool Mirror::current() const {
  const std::lock_guard lock(mutex_);
  return complete_ && clock_.monotonic() - heard_ < kube::kWatchSilence;
}

void Mirror::hear() {
  const std::lock_guard lock(mutex_);
  heard_ = clock_.monotonic();
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

void Mirror::put(const Json& object) { (void)take(object, false); }

bool Mirror::take(const Json& object, bool gone) {
  const std::lock_guard lock(mutex_);
  const Key key(object.text("metadata", "namespace"), object.text("metadata", "name"));
  const auto held = objects_.find(key);
  if (held != objects_.end() && is_older(object, held->second)) return false;
  if (gone)
    objects_.erase(key);
  else
    objects_[key] = object;
  return true;
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
  options.limit = kube::page_limit(kind_);
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
    const std::uint64_t listed = number(version);
    for (const auto& [key, object] : objects_) {
      const auto at = fresh.find(key);
      // What an apply returned after the list was taken is newer than the list.
      if (listed != 0 && version_of(object) > listed &&
          (at == fresh.end() || is_older(at->second, object)))
        fresh[key] = object;
      else if (at == fresh.end())
        gone.push_back(object);
    }
    objects_ = fresh;
    complete_ = true;
    heard_ = clock_.monotonic();
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
    ending_.wait_for(wait);
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
    {
      const std::lock_guard lock(mutex_);
      trouble_.clear();
    }
    while (running()) {
      waiting_ = watch->get();
      auto event = (*watch)->next(milliseconds(500));
      waiting_ = nullptr;
      if (!event) {
        if (event.error().is_expired()) version.clear();
        break;
      }
      if (!*event) {
        if (current()) continue;
        log::info("a watch says nothing; listing again", {{"kind", kind_.plural}});
        version.clear();
        break;
      }
      hear();
      const Json& object = (*event)->object;
      version = object.text("metadata", "resourceVersion");
      if ((*event)->type == kube::WatchEvent::Type::bookmark) continue;
      const bool gone = (*event)->type == kube::WatchEvent::Type::deleted;
      if (take(object, gone)) changed_(object, gone);
    }
    if (!version.empty() && running()) pause();
  }
}

void Mirror::wake() {
  ending_.set();
  if (waiting_ != nullptr) waiting_->wake();
}

}  // namespace ks::sync
