#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/stores.hpp"

namespace ks::app {

// Adds `change` to the organization's usage, in the transaction of what it is for. Over a limit it
// gives `over_limit` with the feature, what is used, which plan lifts it and who can raise it.
Result<void> charge(Tx& tx, const Stores& stores, const AnyPermit& permit, const Usage& change);

// As charge(), for a limit that is not counted over the organization: replicas.max is per service.
// `had`: what that one thing has already, which a smaller plan leaves it.
Result<void> check_per_item(Tx& tx, const Stores& stores, const AnyPermit& permit,
                            std::string_view feature, std::int64_t requested, std::int64_t had = 0);

// Of what may be done only so often: 429, with how long to wait.
std::unexpected<Error> too_many(std::string message, Duration wait);
// Whether the plan isolates at least so much: over_limit "feature_not_in_plan".
Result<void> check_isolation(Tx&, const Stores&, const AnyPermit&, Isolation least);
// Whether the plan has a feature that it either has or has not: over_limit "feature_not_in_plan".
Result<void> check_feature(Tx& tx, const Stores& stores, const AnyPermit& permit,
                           std::string_view feature);

struct UsageReport {
  struct Item {
    std::string feature;
    std::string unit;
    std::int64_t used = 0;
    std::optional<std::int64_t> limit;
    // Of one service, and `used` is the most that one has; else of all the organization together.
    bool per_service = false;
  };
  // What a plan either has or has not.
  struct Feature {
    std::string feature;
    bool included = false;
    // Key of the cheapest plan that has it; empty where it is included, or no plan has it.
    std::string upgrade_plan;
  };
  std::string plan;
  std::vector<Item> items;
  std::vector<Feature> features;
  std::vector<Contact> contacts;  // Whom to ask for another plan, as a refusal tells them.
};
Result<UsageReport> usage(Tx& tx, const Stores& stores, const TenantScope& scope);

// A plan that organizations can be put on, with all that it allows.
struct OfferedPlan {
  PlanRow plan;
  Entitlements entitlements;
};
// The client's, by rank.
Result<std::vector<OfferedPlan>> offered_plans(Tx& tx, const Stores& stores,
                                               const ClientScope& client);

// What the organization uses beyond what the newest version of a plan allows, by its feature and in
// its unit; changes nothing. Act of platform administrators.
struct PlanPreview {
  std::string plan;
  std::vector<Overrun> conflicts;
  // Ranges of the organization's list of egress, where that plan lets it do nothing but give the
  // list up.
  std::optional<std::int64_t> egress_ranges;
  // Those that keep what they have of pods, through other changes too, and cannot get more.
  DeploymentStore::Grown grown;
};
Result<PlanPreview> preview_plan(Tx& tx, const Stores& stores, const TenantScope& scope,
                                 std::string_view plan_key);

// Puts the organization on the newest version of a plan, at once. Acts of platform administrators.
// What is used over a lower plan's limits stays, and is changed freely as long as it grows by
// nothing; nothing new fits until it is under them. Owner and
// administrators are mailed what is over a limit that was not there before.
Result<Organization> set_plan(Tx& tx, const Stores& stores, const TenantScope& scope,
                              std::string_view plan_key);

}  // namespace ks::app
