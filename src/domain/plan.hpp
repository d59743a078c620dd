#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/deployment/workload.hpp"
#include "domain/isolation.hpp"

namespace ks {

// A limit or a feature of a plan. Code asks about features; no plan's name appears in an `if`.
enum class FeatureKind { boolean, integer, cpu, bytes, choice };
struct Feature {
  std::string_view key;
  FeatureKind kind;
  std::string_view unit;  // "count", "milli-cpu", "bytes", "" for the rest.
};
const Feature* find_feature(std::string_view key);
std::span<const Feature> features();

// One effective entitlement; no value means unlimited.
struct Entitlement {
  std::string feature;
  std::optional<std::string> value;
};

// What an organization may use: its plan's values with its overrides applied.
class Entitlements {
 public:
  Entitlements(std::string plan, std::vector<Entitlement> rows);
  const std::string& plan() const { return plan_; }
  // The limit in the feature's unit; nullopt is unlimited. A feature that the plan does not name is
  // limited to 0: absent never means allowed.
  std::optional<std::int64_t> limit(std::string_view feature) const;
  bool allows(std::string_view feature) const;
  // Of a choice, as the plan has it; nullopt is the most that there is, or that nothing is said.
  std::optional<std::string_view> word(std::string_view feature) const;
  Isolation isolation() const;

 private:
  const Entitlement* find(std::string_view feature) const;
  std::string plan_;
  std::vector<Entitlement> rows_;
};

// Counted things and resources of an organization.
struct Usage {
  std::int64_t deployments = 0;
  std::int64_t teams = 0;
  std::int64_t members = 0;
  Amount amount;
};

// A limit that a change of usage would break.
struct Overrun {
  std::string feature;
  std::int64_t limit = 0;
  std::int64_t used = 0;
  std::int64_t requested = 0;
};

// The first limit of `limits` that `used + change` breaks; a part of the change that frees never
// does.
std::optional<Overrun> first_overrun(const Usage& used, const Usage& change,
                                     const Entitlements& limits);

// All that `used`, and `replicas` of the service that has the most, are over `limits` by; nothing
// is requested.
std::vector<Overrun> overruns(const Usage& used, int replicas, const Entitlements& limits);

// The features that usage reports, with what is used of each.
struct UsageItem {
  const Feature* feature;
  std::int64_t used;
};
std::vector<UsageItem> usage_items(const Usage& usage);

}  // namespace ks
