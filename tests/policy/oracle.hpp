#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

// What the product's description says about rights, a second time: nothing here comes from
// src/authz.
namespace ks::test {

struct Hierarchy {
  // "team" -> "org" -> "client" -> "platform"; the kind of a place is the word before its colon.
  std::map<std::string, std::string> parent;
  // (user, place) -> role held there.
  std::map<std::pair<std::string, std::string>, std::string> grants;

  friend bool operator==(const Hierarchy&, const Hierarchy&) = default;
};

// Whether `user` may do `what`, "name@noun", at an organization or a team.
bool described_right(const Hierarchy& world, const std::string& user, const std::string& place,
                     const std::string& what);
// Every "name@noun" that the description knows.
std::set<std::string> described_actions();

}  // namespace ks::test
