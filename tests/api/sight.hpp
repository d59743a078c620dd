#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/api/matrix_world.hpp"

namespace ks::api_test {

// The places of an answer by the contract, as "/items/-/user/email": "-" stands for each of an
// array, "*" for each of an object whose names the contract does not know.
std::vector<std::string> places(const Contract& contract, const Json& schema);
// Of the answer with which the operation succeeds; none where that is no JSON.
std::vector<std::string> places(const Contract& contract, const Operation& operation);
// Those of them that a value fills: it is there and is neither null nor empty.
std::set<std::string> filled_places(const std::vector<std::string>& known, const Json& value);
// The texts of a value, each with where it stands.
std::vector<std::pair<std::string, std::string>> texts_in(const Json& value);

// Which places of which answers each kind of caller was shown, and with which status.
class Sight {
 public:
  explicit Sight(std::vector<std::string> kinds) : kinds_(std::move(kinds)) {}

  void saw(const Operation& operation, const std::string& kind, const Reply& reply,
           const std::vector<std::string>& known, const std::set<std::string>& filled);
  // What was shown to one kind at all.
  const std::set<std::string>& of(const std::string& operation, const std::string& kind) const;
  // As people read it: an operation a paragraph.
  std::string text() const;

 private:
  struct Answers {
    std::string title;
    std::vector<std::string> known;
    // By kind.
    std::map<std::string, std::set<std::string>> shown;
    std::map<std::string, std::set<int>> statuses;
  };
  std::vector<std::string> kinds_;
  std::vector<std::string> order_;
  std::map<std::string, Answers> answers_;
};

}  // namespace ks::api_test
