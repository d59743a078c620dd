#pragma once

#include <string>

#include "tests/audit/raw_sql.hpp"

// The database as a whole, seen and broken from outside, for promises about every write.
namespace ks::api_test {

// All that the control plane was told to have, of every table there is: without what the cluster
// reports, what background work notes for itself, and counts of tries.
std::string state_of(const test::RawSql& raw);
// The lines that came and went since; "" for none.
std::string changed_since(const test::RawSql& raw, const std::string& before);

// The same without the chains: a refusal may be told there.
std::string changed_but_for_audit(const test::RawSql& raw, const std::string& before);

// No row of any audit chain can be written until it is mended.
void break_audit(const test::RawSql& raw);
void mend_audit(const test::RawSql& raw);

// Nothing of state_of() but the audit chains can be changed until it is mended.
void break_state(const test::RawSql& raw);
void mend_state(const test::RawSql& raw);

}  // namespace ks::api_test
