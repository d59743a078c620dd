#include "operator/engine/cache.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "operator/plan/events.hpp"

namespace ks::op {

namespace {

// Resource versions are decimal numbers that grow (KEP-5504); 0 for anything else.
std::uint64_t number(std::string_view version) {
  std::uint64_t out = 0;
  const auto [end, failed] = std::from_chars(version.data(), version.data() + version.size(), out);
  return failed == std::errc{} && end == version.data() + version.size() ? out : 0;
}

// In place of a time, on what is to be removed.
constexpr std::string_view kAccepted = "accepted";

std::uint64_t version_of(const Json& object) {
  return number(object.text("metadata", "resourceVersion"));
}

bool applied_by_us(const Json& object) {
  const Json& managers = object.at("metadata", "managedFields");
  if (!managers.is_array()) return false;
  return std::ranges::any_of(managers.as_array(), [](const Json& m) {
    const std::string_view manager = m.text("manager");
    return m.text("operation") == "Apply" &&
           (manager == kSandboxManager || manager == kDeploymentManager);
  });
}

// Of ten thousand sandboxes the cache would be mostly managedFields and pod specs, which no plan
// reads.
Json trimmed(const kube::Kind& kind, const Json& object) {
  if (kind == kube::kinds::kEvent) return trimmed_event(object);
  Json out = object;
  if (Json* metadata = out.find("metadata")) metadata->erase("managedFields");
  if (kind == kube::kinds::kPod) out.erase("spec");
  return out;
}

}  // namespace

Seen Cache::find(const kube::Ref& ref) const {
  const auto store = stores_.find(ref.kind);
  if (store == stores_.end()) return {};
  const auto at = store->second.objects.find({ref.ns, ref.name});
  return at == store->second.objects.end() ? Seen{} : at->second;
}

std::vector<Seen> Cache::list(const kube::Kind& kind, std::string_view ns) const {
  std::vector<Seen> out;
  const auto store = stores_.find(kind);
  if (store == stores_.end()) return out;
  const auto& objects = store->second.objects;
  for (auto at = objects.lower_bound({std::string(ns), {}}); at != objects.end(); ++at) {
    if (!ns.empty() && at->first.first != ns) break;
    out.push_back(at->second);
  }
  return out;
}

std::size_t Cache::size(const kube::Kind& kind) const {
  const auto store = stores_.find(kind);
  return store == stores_.end() ? 0 : store->second.objects.size();
}

bool Cache::knows(const kube::Kind& kind) const {
  const auto store = stores_.find(kind);
  return store != stores_.end() && store->second.listed;
}

void Cache::put(const kube::Kind& kind, Store& store, const Json& object, Trust trust) {
  if (kind == kube::kinds::kEvent && !tells_cause(object)) return;
  const kube::Ref ref = kube::ref_of(kind, object);
  Seen& slot = store.objects[{ref.ns, ref.name}];
  const Seen before = slot;
  // The same object again, from a list after a write, or the echo of our own write; or one of the
  // same name that was there before it.
  if (trust == Trust::newer && before && version_of(object) != 0 &&
      version_of(object) <= version_of(*before.object))
    return;
  slot = {std::make_shared<const Json>(trimmed(kind, object)), applied_by_us(object)};
  const Seen after = slot;
  listener_(kind, before.object.get(), after.object.get());
}

void Cache::erase(const kube::Kind& kind, Store& store, const Name& name) {
  const auto at = store.objects.find(name);
  if (at == store.objects.end()) return;
  const Seen before = at->second;
  store.objects.erase(at);
  listener_(kind, before.object.get(), nullptr);
}

void Cache::put_event(const kube::Kind& kind, const Json& object) {
  Store& store = stores_[kind];
  store.version = std::max(store.version, version_of(object));
  put(kind, store, object);
}

void Cache::remove_event(const kube::Kind& kind, const Json& object) {
  Store& store = stores_[kind];
  store.version = std::max(store.version, version_of(object));
  const kube::Ref ref = kube::ref_of(kind, object);
  const Seen seen = find(ref);
  // A write may already have told of a newer object under the same name.
  if (seen && seen.uid() != object.text("metadata", "uid")) return;
  erase(kind, store, {ref.ns, ref.name});
}

void Cache::bookmark(const kube::Kind& kind, std::string_view version) {
  Store& store = stores_[kind];
  store.version = std::max(store.version, number(version));
}

void Cache::replace(const kube::Kind& kind, const std::vector<Json>& objects,
                    std::string_view version) {
  Store& store = stores_[kind];
  store.listed = true;
  const std::uint64_t listed = number(version);
  // No list is older than what the watch had shown before it: the server's data are of an earlier
  // time, and what we know of later never was.
  const bool went_back = listed != 0 && listed < store.version;
  std::set<Name> there;
  for (const Json& object : objects) {
    const kube::Ref ref = kube::ref_of(kind, object);
    there.insert({ref.ns, ref.name});
  }
  std::vector<Name> gone;
  for (const auto& [name, seen] : store.objects)
    // What a write told after the list was taken is not in it, but is there.
    if (!there.contains(name) && (listed == 0 || went_back || version_of(*seen.object) <= listed))
      gone.push_back(name);
  for (const Name& name : gone) erase(kind, store, name);
  store.version = went_back ? listed : std::max(store.version, listed);
  for (const Json& object : objects) {
    // Also an older one than we know, unless a write told of that after the list was taken: a
    // restore of the server's data brings back objects as they were, also those that were on their
    // way out.
    const Seen known = find(kube::ref_of(kind, object));
    const std::uint64_t version_known = known ? version_of(*known.object) : 0;
    const bool differs =
        known && (version_known != version_of(object) ||
                  known.object->text("metadata", "deletionTimestamp") == kAccepted);
    const bool counts = went_back || (version_known != 0 && version_known <= listed && differs);
    put(kind, store, object, counts ? Trust::always : Trust::newer);
  }
}

void Cache::put_answer(const kube::Kind& kind, const Json& object) {
  Store& store = stores_[kind];
  const std::uint64_t version = version_of(object);
  if (version != 0 && version <= store.version) return;
  put(kind, store, object);
}

void Cache::forget(const kube::Ref& ref, std::string_view uid) {
  const Seen seen = find(ref);
  if (seen && seen.uid() == uid) erase(ref.kind, stores_[ref.kind], {ref.ns, ref.name});
}

void Cache::mark_ending(const kube::Ref& ref, std::string_view uid) {
  const auto store = stores_.find(ref.kind);
  if (store == stores_.end()) return;
  const auto at = store->second.objects.find({ref.ns, ref.name});
  if (at == store->second.objects.end() || at->second.uid() != uid || at->second.terminating())
    return;
  Json ending = *at->second.object;
  ending["metadata"].set("deletionTimestamp", kAccepted);
  at->second.object = std::make_shared<const Json>(std::move(ending));
}

}  // namespace ks::op
