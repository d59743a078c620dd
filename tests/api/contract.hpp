#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "tests/api/http.hpp"

namespace ks::api_test {

struct Operation {
  std::string method;   // "GET"
  std::string pattern;  // "/api/v1/orgs/{org}"
  const Json* item = nullptr;
  const Json* json = nullptr;
  std::string id() const { return std::string(json->text("operationId")); }
};

// The contract as the server gives it, and what is said against it.
class Contract {
 public:
  explicit Contract(Json json);

  const Json& json() const { return json_; }
  const std::vector<Operation>& operations() const { return operations_; }
  // The operation for a method and a path without query; nullptr when there is none.
  const Operation* find(std::string_view method, std::string_view path) const;

  // What the reply breaks of what is promised for its operation and status. Remembers that the
  // operation was seen with that status.
  std::vector<std::string> reply_faults(const Operation& operation, const Reply& reply);
  // What the body breaks of the operation's schema.
  std::vector<std::string> body_faults(const Operation& operation, const Json& body) const;
  std::vector<std::string> event_faults(const Event& event) const;

  // "operationId status" of everything that was seen.
  const std::set<std::string>& seen() const { return seen_; }

  // `value`, or what its $ref leads to.
  const Json& resolved(const Json& value) const;

 private:
  Json json_;
  std::vector<Operation> operations_;
  std::set<std::string> seen_;
};

}  // namespace ks::api_test
