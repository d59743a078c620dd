#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

namespace ks::reach {

using Labels = std::map<std::string, std::string, std::less<>>;
Labels labels_of(const Json& object);  // metadata.labels

// A meta/v1 LabelSelector: all of its requirements hold. Without any it selects everything.
class Selector {
 public:
  // `json`: an object; {} selects everything. An operator that is not known is an error.
  static Result<Selector> parse(const Json& json);

  bool matches(const Labels& labels) const;
  // Requirements that a label has one value, by which candidates are found in an index.
  const std::vector<std::pair<std::string, std::string>>& equal() const { return equal_; }
  void add_keys(std::set<std::string>& out) const;

 private:
  struct Expression {
    enum class Is { in, not_in, there, not_there } is;
    std::string key;
    std::set<std::string> values;
  };
  std::vector<std::pair<std::string, std::string>> equal_;
  std::vector<Expression> expressions_;
};

}  // namespace ks::reach
