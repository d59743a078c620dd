#pragma once

#include <string>

namespace ks::test {

// The rights that are enforced, as a person reads them.
std::string purposes();    // A line a role, markdown.
std::string rights();      // Action and noun by role.
std::string grants();      // Who may give which role, and invite as what.
std::string needs_text();  // Which action needs which.

// tests/policy/rights.golden: all of it.
std::string golden();
// docs/rbac.md with its generated parts replaced by what is enforced now.
std::string with_rights(std::string page);

}  // namespace ks::test
