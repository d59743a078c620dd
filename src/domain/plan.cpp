#include "domain/plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "domain/deployment/quantity.hpp"

namespace ks {

namespace {
constexpr std::array<Feature, 17> kFeatures = {{
    {"deployments.max", FeatureKind::integer, "count"},
    {"members.max", FeatureKind::integer, "count"},
    {"teams.max", FeatureKind::integer, "count"},
    {"templates.custom", FeatureKind::boolean, ""},
    {"templates.org_wide", FeatureKind::boolean, ""},
    {"network.isolation", FeatureKind::choice, ""},
    {"support", FeatureKind::choice, ""},
    {"roles.custom", FeatureKind::boolean, ""},
    {"sso", FeatureKind::boolean, ""},
    {"audit.export", FeatureKind::boolean, ""},
    {"cpu.max", FeatureKind::cpu, "milli-cpu"},
    {"memory.max", FeatureKind::bytes, "bytes"},
    {"storage.max", FeatureKind::bytes, "bytes"},
    {"replicas.max", FeatureKind::integer, "count"},
    {"images.root", FeatureKind::boolean, ""},
    {"smtp.egress", FeatureKind::boolean, ""},
    {"domains.max", FeatureKind::integer, "count"},
}};
}  // namespace

const Feature* find_feature(std::string_view key) {
  const auto at = std::ranges::find(kFeatures, key, &Feature::key);
  return at == kFeatures.end() ? nullptr : &*at;
}

std::span<const Feature> features() { return kFeatures; }

Entitlements::Entitlements(std::string plan, std::vector<Entitlement> rows)
    : plan_(std::move(plan)), rows_(std::move(rows)) {}

const Entitlement* Entitlements::find(std::string_view feature) const {
  const auto at = std::ranges::find(rows_, feature, &Entitlement::feature);
  return at == rows_.end() ? nullptr : &*at;
}

std::optional<std::int64_t> Entitlements::limit(std::string_view key) const {
  const Feature* feature = find_feature(key);
  KS_ASSERT(feature != nullptr);
  const Entitlement* row = find(key);
  if (row == nullptr) return 0;
  if (!row->value) return std::nullopt;
  switch (feature->kind) {
    case FeatureKind::cpu:
      return parse_cpu_milli(*row->value).value_or(0);
    case FeatureKind::bytes:
      return parse_bytes(*row->value).value_or(0);
    default: {
      std::int64_t value = 0;
      const auto* end = row->value->data() + row->value->size();
      const auto read = std::from_chars(row->value->data(), end, value);
      return read.ec == std::errc() && read.ptr == end ? value : 0;
    }
  }
}

bool Entitlements::allows(std::string_view key) const {
  const Entitlement* row = find(key);
  return row != nullptr && row->value.value_or("true") == "true";
}

std::optional<std::string_view> Entitlements::word(std::string_view key) const {
  const Entitlement* row = find(key);
  if (row == nullptr || !row->value) return std::nullopt;
  return *row->value;
}

Isolation Entitlements::isolation() const {
  // A value that nobody understands must not weaken isolation.
  const Entitlement* row = find("network.isolation");
  if (row == nullptr || !row->value) return Isolation::dedicated;
  return ks::isolation(*row->value).value_or(Isolation::dedicated);
}

std::optional<Overrun> first_overrun(const Usage& used, const Usage& change,
                                     const Entitlements& limits) {
  struct Line {
    std::string_view feature;
    std::int64_t used;
    std::int64_t change;
  };
  const std::array<Line, 6> lines = {{
      {"deployments.max", used.deployments, change.deployments},
      {"teams.max", used.teams, change.teams},
      {"members.max", used.members, change.members},
      {"cpu.max", used.amount.cpu_milli, change.amount.cpu_milli},
      {"memory.max", used.amount.memory_bytes, change.amount.memory_bytes},
      {"storage.max", used.amount.storage_bytes, change.amount.storage_bytes},
  }};
  for (const Line& line : lines) {
    if (line.change <= 0) continue;
    const auto limit = limits.limit(line.feature);
    if (limit && line.used > *limit - line.change)
      return Overrun{std::string(line.feature), *limit, line.used, line.change};
  }
  return std::nullopt;
}

std::vector<Overrun> overruns(const Usage& used, int replicas, const Entitlements& limits) {
  auto items = usage_items(used);
  items.push_back({find_feature("replicas.max"), replicas});
  std::vector<Overrun> out;
  for (const UsageItem& item : items) {
    const auto limit = limits.limit(item.feature->key);
    if (limit && item.used > *limit)
      out.push_back({std::string(item.feature->key), *limit, item.used, 0});
  }
  return out;
}

std::vector<UsageItem> usage_items(const Usage& usage) {
  return {
      {find_feature("deployments.max"), usage.deployments},
      {find_feature("members.max"), usage.members},
      {find_feature("teams.max"), usage.teams},
      {find_feature("cpu.max"), usage.amount.cpu_milli},
      {find_feature("memory.max"), usage.amount.memory_bytes},
      {find_feature("storage.max"), usage.amount.storage_bytes},
  };
}

}  // namespace ks
