#pragma once

#include <string>
#include <vector>

#include "tests/twin/world.hpp"

namespace ks::test {

struct Call {
  std::vector<Argument> own;
  int org = 1;  // The organization of tenant A that the statement is bound to.
};

// Arguments with which the statement touches something of tenant A. Fails the test for a statement
// with a parameter that nothing is known of: add it to arguments.cpp. `unique` is put behind what
// is unique by nature.
Call call_of(const sql::StatementText& statement, const std::string& unique = "");

}  // namespace ks::test
