#include "sync/old_secrets.hpp"

#include <algorithm>
#include <charconv>

#include "sync/wanted.hpp"

namespace ks::sync {

namespace {
// Revisions after the last resource that are looked through for a Secret without one.
constexpr std::int64_t kUnnamedMax = 256;

std::set<std::int64_t> named(const Json& object) {
  std::set<std::int64_t> out;
  std::string_view rest = object.text("metadata", "annotations", OldSecrets::kAnnotation);
  while (!rest.empty()) {
    std::int64_t revision = 0;
    const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), revision);
    if (failed != std::errc{}) break;
    out.insert(revision);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return out;
}

std::int64_t revision_of(const std::optional<Json>& object) {
  return object ? object->integer_or(0, "spec", "revision") : 0;
}

std::int64_t serving(const std::optional<Json>& object) {
  return object ? object->integer_or(0, "status", "observedRevision") : 0;
}
}  // namespace

bool has_secrets(const Workload& workload) {
  return std::ranges::any_of(workload.services,
                             [](const Service& s) { return !s.secret_env.empty(); });
}

std::set<std::int64_t> OldSecrets::left(const WantedDeployment& row,
                                        const std::optional<Json>& known) {
  std::set<std::int64_t> out;
  if (known) out = named(*known);
  if (known && !known->text("spec", "secretName").empty()) out.insert(revision_of(known));
  if (!has_secrets(row.workload)) return out;
  // Written by a process that ended, or was refused, before the resource was there.
  const std::lock_guard lock(mutex_);
  const std::int64_t from =
      std::max({revision_of(known), done_[row.stem].swept, row.revision - 1 - kUnnamedMax});
  for (std::int64_t revision = from + 1; revision < row.revision; ++revision) out.insert(revision);
  return out;
}

kube::KubeResult<void> OldSecrets::remove(const WantedDeployment& row, std::int64_t revision) {
  auto removed =
      cluster_.remove({kube::kinds::kSecret, row.namespace_, secret_name(row.stem, revision)}, {});
  if (!removed && !removed.error().is_not_found()) return removed;
  return {};
}

kube::KubeResult<std::string> OldSecrets::before_push(const WantedDeployment& row,
                                                      const std::optional<Json>& known) {
  std::string kept;
  for (const std::int64_t revision : left(row, known)) {
    if (revision == row.revision) continue;
    if (revision == revision_of(known) || revision == serving(known)) {
      kept += (kept.empty() ? "" : " ") + std::to_string(revision);
      continue;
    }
    KS_CHECK(remove(row, revision));
  }
  const std::lock_guard lock(mutex_);
  done_[row.stem].swept = row.revision - 1;
  return kept;
}

kube::KubeResult<void> OldSecrets::after_status(const WantedDeployment& row, const Json& known) {
  const std::int64_t served = serving(known);
  if (served == 0 || served != revision_of(known)) return {};
  {
    const std::lock_guard lock(mutex_);
    const auto done = done_.find(row.stem);
    if (done != done_.end() && done->second.served == served) return {};
  }
  for (const std::int64_t revision : named(known))
    if (revision != served && revision != row.revision) KS_CHECK(remove(row, revision));
  const std::lock_guard lock(mutex_);
  done_[row.stem].served = served;
  return {};
}

kube::KubeResult<void> OldSecrets::all(const WantedDeployment& row,
                                       const std::optional<Json>& known) {
  std::set<std::int64_t> revisions = left(row, known);
  if (has_secrets(row.workload)) revisions.insert(row.revision);
  for (const std::int64_t revision : revisions) KS_CHECK(remove(row, revision));
  const std::lock_guard lock(mutex_);
  done_.erase(row.stem);
  return {};
}

}  // namespace ks::sync
