#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/api/server.hpp"

// What the contract lets a request say, place by place, for tests that put something else there.
namespace ks::api_test {

// A query parameter ("?team"), a name of the path ("{team}") or a property of the body
// ("/invitations/0/teams/0/team", the first of what may be many).
struct RequestField {
  std::string at;
  std::string name;
  std::string description;
  std::string format;
  std::string noun;     // What it identifies or what is to be called so; "" for neither.
  bool claims = false;  // It is the latter.
  std::vector<std::string> choices = {};
};

struct RequestShape {
  std::vector<RequestField> fields;
  // The objects of the body by pointer, with the properties that each may have.
  std::map<std::string, std::set<std::string>> objects;
};
RequestShape request_shape(const Contract& contract, const Operation& operation);
// Of the body's schema; nullptr when it takes none.
const Json* body_schema(const Contract& contract, const Operation& operation);

// Properties of what the operation answers with when it is done, each with a value that it could
// have.
std::map<std::string, Json> answer_properties(const Contract& contract, const Operation& operation);
// Of every object that the contract knows.
std::map<std::string, Json> all_properties(const Contract& contract);

// The value at a JSON pointer, made when absent.
Json& spot(Json& body, const std::string& pointer);

// While it lives, this is done to the bodies of all that people send to the server; reads, such as
// a recipe looks things up with, are left alone.
class Amended {
 public:
  Amended(Server& server, std::function<void(Json&)> change);
  ~Amended() { server_.amend = nullptr; }
  Amended(const Amended&) = delete;
  Amended& operator=(const Amended&) = delete;

 private:
  Server& server_;
};

}  // namespace ks::api_test
