// Sandboxes that are not as they were handed over.
#include "sync/strayed.hpp"

#include <algorithm>
#include <cstdint>

#include "base/log.hpp"
#include "sync/carrier.hpp"

namespace ks::sync {

namespace {
Sha256 digest_of(const Json& object) {
  return sha256(object.at("spec").canonical() + object.at("metadata", "labels").canonical());
}

Duration pause(int times) {
  if (times == 0) return {};
  return std::min(Strayed::kPauseMax, seconds(1) * (std::int64_t{1} << std::min(times - 1, 10)));
}
}  // namespace

bool Strayed::is_new(std::string_view name, const Json& object) const {
  const Sha256 digest = digest_of(object);
  const std::lock_guard lock(mutex_);
  const auto at = seen_.find(name);
  return at == seen_.end() || at->second != digest;
}

void Strayed::looked_at(std::string_view name, const Json& object) {
  const Sha256 digest = digest_of(object);
  const std::lock_guard lock(mutex_);
  seen_.insert_or_assign(std::string(name), digest);
}

// How often it was put right stays.
void Strayed::forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto at = seen_.find(name); at != seen_.end()) seen_.erase(at);
}

Strayed::Quarrel Strayed::lately(std::string_view name, Time now) const {
  const auto at = quarrels_.find(name);
  if (at == quarrels_.end() || now - at->second.due > kCalm) return {};
  return at->second;
}

Time Strayed::due(std::string_view name, Time now) const {
  const std::lock_guard lock(mutex_);
  const Quarrel of = lately(name, now);
  return std::max(now, of.due + pause(of.times));
}

void Strayed::count(std::string_view name, Time now) {
  const std::lock_guard lock(mutex_);
  const Quarrel of = lately(name, now);
  std::erase_if(quarrels_, [&](const auto& one) { return now - one.second.due > kCalm; });
  quarrels_.insert_or_assign(std::string(name),
                             Quarrel{of.times + 1, std::max(now, of.due + pause(of.times))});
}

bool Carrier::compare(const WantedSandbox& row) {
  const auto known = sandboxes_.find("", row.namespace_);
  const auto wanted = resource(row);
  if (!wanted) return false;
  if (!*wanted) return true;
  if (!known) {
    lost(row);
    return true;
  }
  if (!same(*known, to_json(**wanted))) {
    const Time now = clock_.now();
    const auto strayed = write([&](Tx& tx) {
      return stores_.sync.sandbox_strayed(tx, permit(row.client, row.org), row.id, row.generation,
                                          strayed_.due(row.namespace_, now));
    });
    if (!strayed) return false;
    if (*strayed) {
      strayed_.count(row.namespace_, now);
      log::warn("a Sandbox is not as it was handed over", {{"sandbox", row.namespace_}});
    }
  }
  strayed_.looked_at(row.namespace_, *known);
  return true;
}

bool Carrier::compare_changed(const ClientId& client, const OrgId& org, const SandboxId& id,
                              std::string_view name) {
  const auto known = sandboxes_.find("", name);
  if (!known || !strayed_.is_new(name, *known)) return true;
  const auto row = read([&](Tx& tx) { return stores_.sync.sandbox(tx, permit(client, org), id); });
  if (!row) return false;
  // Somebody else's object of the same id says nothing about our row.
  if (*row && (*row)->namespace_ == name) return compare(**row);
  strayed_.looked_at(name, *known);
  return true;
}

}  // namespace ks::sync
