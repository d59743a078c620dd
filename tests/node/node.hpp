#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/process/installation.hpp"

namespace ks::test {

// What tests run: busybox with a web server on the port, and `probe` to try connections with.
inline constexpr const char* kAppImage = "registry.test/app:1";
inline constexpr int kAppPort = 8080;
// The program under test as an image, which the probe of the network runs.
inline constexpr const char* kOwnImage = "registry.test/k8s-scheduler:1";

// A Kubernetes node of the test's own, whose pods really run: what tests/node/node.py starts. It
// and everything in it end with the test, however that ends.
class Node {
 public:
  // False, and says so, where none can be; with KS_REQUIRE_NODE=1 that fails the test.
  static bool available();
  // One for all tests of the process; each makes organizations, and so namespaces, of its own.
  static Node& shared();
  // False where the node is started without anybody who enforces network policies (NODE_POLICY=).
  static bool enforces();

  Node();
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // What kubectl prints, as administrator; the test fails when kubectl does.
  std::string kubectl(const std::vector<std::string>& arguments);
  Installation::Ran try_kubectl(const std::vector<std::string>& arguments);
  // Beside the test.
  std::unique_ptr<Child> start_kubectl(std::vector<std::string> arguments);
  // kubectl on these objects, as YAML or JSON.
  Installation::Ran try_apply(const std::string& objects,
                              const std::vector<std::string>& options = {});
  void apply(const std::string& objects);

  // A kubeconfig with a token of this service account, to act with its rights and no others.
  std::string kubeconfig_of(const std::string& ns, const std::string& account);
  // The administrator's own.
  const std::string& administrator() const { return kubeconfig_; }
  // The node's first process, through which its /proc and mounts are seen.
  pid_t pid() const { return pid_; }
  // The folder with all that the node keeps on the machine's disk.
  const std::string& state() const { return state_; }

 private:
  std::string line(std::string_view word) const;
  std::string fresh_name();

  TempFolder folder_;
  std::string state_;
  Environment environment_;
  std::unique_ptr<Child> child_;
  std::string kubectl_;
  std::string kubeconfig_;
  pid_t pid_ = -1;
  int names_ = 0;
};

}  // namespace ks::test
