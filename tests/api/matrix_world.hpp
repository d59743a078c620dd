#pragma once

#include <map>
#include <string>
#include <vector>

#include "authz/policy.hpp"
#include "tests/api/server.hpp"

namespace ks::api_test {

// One kind of caller.
struct Visitor {
  std::string kind;
  Person person;
  // Has a session that counts on this host.
  bool signed_in = true;
  bool platform_admin = false;
  // In Ann's organization; nothing for who is not in it.
  Standing standing = {};
};

// What the names of a path stand for, by name without braces.
using Names = std::map<std::string, std::string>;

// Two organizations that call everything the same, Ann's and Eve's, and visitors of Ann's of every
// kind there is.
class MatrixWorld {
 public:
  MatrixWorld();

  Server server;
  Person ann, eve;
  std::vector<Visitor> visitors;
  // Of the team that all routes with a team are asked for.
  TeamId team() const { return *TeamId::parse(ann.team_id); }

  // What the operation's path needs of that organization, made where there is none. A name that
  // nothing is known for fails the test.
  Names names_of(const Operation& operation, Person& owner);
  // Names of things that are nowhere in this client, each in every way in which things are named.
  std::vector<Names> absent(const Names& names) const;
  // The same with things of Ann's in place of somebody's own, one at a time.
  std::vector<Names> anothers(const Names& names);
  // Something of that team's, under every name that it has, in a path that names the team beside it
  // or none; and the same path with what is nowhere in its place.
  struct Sister {
    Names names;
    Names absent;
  };
  std::vector<Sister> sisters(const Operation& operation);
  static std::string path(const Operation& operation, const Names& names);
  // What an operation asks for behind "?", that has to be there; else nothing.
  static std::string query(const Operation& operation);
  Reply ask(const Operation& operation, const Visitor& visitor, const Names& names, Person& person);
  // After a call that was carried out: whatever it took away is there again.
  void mend(Visitor& visitor);
  // Where the visitor's session has ended.
  void sign_in_again(Visitor& visitor);

 private:
  struct Things {
    Person guest;  // Whom the routes of people are about.
    std::string offer = {};
    std::string invitation = {};
    std::string review = {};
    bool sound = false;
  };
  void add(const std::string& kind, const std::string& org_role, const std::string& team,
           const std::string& team_role);
  void add_outsiders();
  Person another_session(const Person& of);
  // A copy of this client's rows as another client's, with a session of Ann's twin there.
  Person twin_of_ann();
  Json body(const Operation& operation, const Visitor& visitor);
  Things& things_of(const Person& owner);
  void want_guest(Person& owner, Things& things);
  void want_offer(Person& owner, Things& things);
  void want_invitation(Person& owner, Things& things);
  void want_review(Person& owner, Things& things);
  std::string wanted_deployment(Person& owner, bool going);
  std::string wanted_team_review();

  std::map<std::string, Things> things_;  // By organization.
  int made_ = 0;
};

}  // namespace ks::api_test
