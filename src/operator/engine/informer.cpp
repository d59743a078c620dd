#include "operator/engine/informer.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "operator/plan/events.hpp"

namespace ks::op {

namespace {
constexpr Duration kPauseMax = seconds(10);

// Decimal numbers that grow (KEP-5504), compared as such without reading them.
bool is_older(std::string_view version, std::string_view than) {
  return version.size() != than.size() ? version.size() < than.size() : version < than;
}
}  // namespace

Duration back_off(std::size_t failures, Random& random) {
  constexpr std::int64_t kFirst = milliseconds(5).us;
  constexpr std::int64_t kMost = minutes(5).us;
  const std::int64_t full =
      failures >= 17 ? kMost
                     : std::min(kMost, kFirst << (failures == 0 ? std::size_t{0} : failures - 1));
  return {full / 2 +
          static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(full / 2) + 1))};
}

bool Informer::pump(Duration wait) {
  if (retry_at_.us != 0 && clock_.monotonic() < retry_at_) return false;
  if (!listed_) return list_page();
  if (!watch_) return open_watch();
  return take_event(wait);
}

bool Informer::list_page() {
  auto page = cluster_.list(kind_, {{}, selector_, kube::page_limit(kind_), continue_token_});
  if (!page) {
    // The token grew older than what the server keeps: from the first page again.
    if (page.error().is_expired() && !continue_token_.empty()) start_over();
    failed(page.error());
    return true;
  }
  succeeded();
  for (Json& item : page->items) {
    // Whatever else stands in Events, by whomever, is not held until the last page.
    if (kind_ != kube::kinds::kEvent)
      pages_.push_back(std::move(item));
    else if (tells_cause(item))
      pages_.push_back(trimmed_event(item));
  }
  continue_token_ = std::move(page->continue_token);
  if (!continue_token_.empty()) return true;
  version_ = std::move(page->resource_version);
  cache_.replace(kind_, pages_, version_);
  pages_.clear();
  pages_.shrink_to_fit();
  listed_ = synced_ = true;
  heard_ = clock_.monotonic();
  ++relists_;
  return true;
}

// A server whose data are of an earlier time would be silent until its versions pass ours, and
// whatever happened before that would never be told.
bool Informer::server_went_back() {
  const auto page = cluster_.list(kind_, {{}, selector_, 1, {}});
  if (!page) {
    failed(page.error());
    return true;
  }
  resumes_ = false;
  if (is_older(page->resource_version, version_)) start_over();
  return !listed_;
}

bool Informer::open_watch() {
  if (resumes_ && server_went_back()) return true;
  auto opened = cluster_.watch(kind_, {{}, selector_, version_});
  if (!opened) {
    if (opened.error().is_expired()) start_over();
    failed(opened.error());
    return true;
  }
  succeeded();
  watch_ = std::move(*opened);
  return true;
}

bool Informer::take_event(Duration wait) {
  auto event = watch_->next(wait);
  if (!event) {
    watch_.reset();
    resumes_ = true;
    if (event.error().is_expired()) start_over();
    // A server ends each watch after some minutes; that is no failure.
    if (event.error().reason != "Closed") failed(event.error());
    return true;
  }
  if (!*event) {
    if (current()) return false;
    log::info("a watch says nothing; listing again", {{"kind", kind_.plural}});
    start_over();
    return true;
  }
  heard_ = clock_.monotonic();
  const kube::WatchEvent& e = **event;
  const std::string_view version = e.object.text("metadata", "resourceVersion");
  switch (e.type) {
    case kube::WatchEvent::Type::added:
    case kube::WatchEvent::Type::modified:
      cache_.put_event(kind_, e.object);
      break;
    case kube::WatchEvent::Type::deleted:
      cache_.remove_event(kind_, e.object);
      break;
    case kube::WatchEvent::Type::bookmark:
      cache_.bookmark(kind_, version);
      break;
  }
  if (!version.empty()) version_ = version;
  return true;
}

void Informer::wake() {
  if (watch_) watch_->wake();
}

void Informer::failed(const kube::KubeError& error) {
  failure_ = error;
  // Without the watch nothing is known, so a server that is back is not kept waiting for minutes.
  const Duration pause =
      std::max(std::min(back_off(++failures_, random_), kPauseMax), error.retry_after);
  retry_at_ = clock_.monotonic() + pause;
  log::debug("a list or watch failed", {{"kind", kind_.plural},
                                        {"status", error.status},
                                        {"reason", error.reason},
                                        {"message", error.message}});
}

void Informer::succeeded() {
  failures_ = 0;
  retry_at_ = {};
  failure_ = {200, {}, {}, {}};
}

void Informer::start_over() {
  resumes_ = false;
  listed_ = false;
  continue_token_.clear();
  pages_.clear();
  watch_.reset();
}

}  // namespace ks::op
