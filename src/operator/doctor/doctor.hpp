#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "operator/config.hpp"

// Whether a cluster has what the product needs, and what to mend where it has not.
namespace ks::op {

struct Check {
  enum class Verdict {
    good,
    unsure,  // Cannot be told from outside, or nothing depends on it alone.
    bad,
  } verdict = Verdict::good;
  std::string what;
  std::string mend;  // What to do; empty where it is good.
  friend bool operator==(const Check&, const Check&) = default;
};

// An answer of the API server. Status 0: none came, and `tree` is null.
struct Reply {
  int status = 0;
  Json tree;
};
// Sends GET, or POST with a body, to a path of the API server.
using Ask =
    std::function<Reply(std::string_view method, const std::string& target, const Json& body)>;

// Whose rights are looked at: those that each part's own account needs.
struct Components {
  bool api = true;
  bool op = true;
};

// Reads only, but for reviews of its own rights, which leave nothing behind. The first check is
// whether the server answers at all; where it does not, there are no others.
std::vector<Check> examine(const Ask& ask, const OperatorConfig& config,
                           const Components& components, Time now);

// One line a check; below it what to mend.
std::string text_of(const std::vector<Check>& checks);
bool is_fit(const std::vector<Check>& checks);

}  // namespace ks::op
