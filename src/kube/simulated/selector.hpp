#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace ks::kube::simulated {

// A label selector in Kubernetes' syntax: "a=b,c!=d,e in (f,g),h notin (i),j,!k".
class Selector {
 public:
  // The error says what is wrong with `text`.
  static std::expected<Selector, std::string> parse(std::string_view text);
  bool matches(const Json& object) const;

 private:
  enum class Test { in, not_in, exists, absent };
  struct Requirement {
    std::string key;
    Test test;
    std::vector<std::string> values;
  };
  std::vector<Requirement> requirements_;
};

}  // namespace ks::kube::simulated
