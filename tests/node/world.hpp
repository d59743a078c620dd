#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/node/node.hpp"

namespace ks::test {

// The program on the node, as it is installed: API and operator as two processes, each with the
// account that `manifests` gives it and no other right.
class NodeWorld {
 public:
  static NodeWorld& shared();

  NodeWorld();

  Node& node() { return node_; }
  Installation& installation() { return installation_; }
  int port() const { return api_->port(); }

  // Somebody with an organization of this plan, in which several deployments have room.
  Person sign_up(const std::string& name, const std::string& plan);
  // Puts somebody into the owner's organization as one who may deploy in all teams.
  void join(const Person& owner, const Person& who);
  // Starts the operator again, with this setting changed.
  void restart_operator(const std::string& setting, const std::string& value);
  // A second team; its slug.
  std::string add_team(const Person& owner, const std::string& name) const;

  // `k8s-scheduler isolation report` with the rights of the administrator.
  Installation::Ran isolation_report();
  // What the operator and the API said last.
  std::string log() const { return operator_->child().err() + api_->child().err(); }

 private:
  Node& node_;
  Installation installation_;
  std::unique_ptr<Server> operator_, api_;
  std::unique_ptr<Person> root_;
};

// The body of a deployment of the test's own image; `args` in place of the web server.
Json app(const std::string& name, const std::string& exposure = "internal",
         const std::vector<std::string>& args = {});

}  // namespace ks::test
