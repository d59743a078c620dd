#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/stores.hpp"

namespace ks::app {

// Something that somebody tried and was refused.
struct Attempt {
  std::string route;  // Method and pattern.
  // The names of the path below the organization, outermost first: {"team", "core"}.
  std::vector<std::pair<std::string, std::string>> path;
  const Error& refusal;
  std::int64_t left_out = 0;  // Refusals of the same person before this one, see RefusalAllowance.
};

// Writes it down on the organization. Not part of the refused work: that one was rolled back.
Result<void> record_denied(Tx& tx, const Stores& stores, const TenantScope& scope, Action action,
                           const Attempt& attempt);
// The same for what a person tried outside of any organization.
Result<void> record_denied(Tx& tx, const Stores& stores, const PersonScope& person,
                           std::string_view deed, const Attempt& attempt);

// A row as somebody reads it.
struct AuditEntry {
  AuditRow row;
  std::optional<std::string> actor_name;  // Of who is a member.
  // What the things are called now that the row names by id, as far as the organization has them
  // and the reader may know: a person by name, an invitation, or who was removed, by address.
  std::map<std::string, std::string> names;
};
struct AuditEntries {
  std::vector<AuditEntry> items;
  std::optional<AuditPlace> next;
};

Result<AuditEntries> audit(Tx& tx, const Stores& stores, const TenantScope& scope,
                           const AuditFilter& filter, const std::optional<AuditPlace>& place,
                           int limit);

// Writes down that somebody takes the rows of `filter` away; over_limit "feature_not_in_plan" where
// the plan does not have it.
Result<void> begin_audit_export(Tx& tx, const Stores& stores, const TenantScope& scope,
                                const AuditFilter& filter, std::string_view format);

}  // namespace ks::app
