#include "tests/node/node.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

namespace ks::test {

namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string source() {
  const std::string given = setting("KS_SOURCE_DIR");
  return given.empty() ? "." : given;
}

std::string programs() { return source() + "/build/node/programs"; }

}  // namespace

bool Node::available() {
  std::string why;
  if (::geteuid() != 0)
    why = "it needs root";
  else if (!std::filesystem::exists(programs()))
    why = "scripts/node --prepare makes what it consists of";
  if (why.empty()) return true;
  fmt::print(stderr, "no node: skipped ({})\n", why);
  REQUIRE_MESSAGE((setting("CI") != "true" && setting("KS_REQUIRE_NODE") != "1"),
                  "a node is required");
  return false;
}

bool Node::enforces() {
  const char* policy = std::getenv("NODE_POLICY");
  return policy == nullptr || *policy != '\0';
}

Node& Node::shared() {
  // What did not start for one test is not waited for by each of the others.
  static bool tried = false;
  static std::unique_ptr<Node> node;
  REQUIRE_MESSAGE((node || !tried), "the node did not start");
  tried = true;
  if (!node) node = std::make_unique<Node>();
  return *node;
}

Node::Node() : state_(fmt::format("{}/build/node/run-{}", source(), ::getpid())) {
  environment_ = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"HOME", folder_.path()}};
  std::vector<std::string> command = {"/usr/bin/env", "python3",  source() + "/tests/node/node.py",
                                      "--dir",        state_,     "--programs",
                                      programs(),     "--images", source() + "/build/node/images"};
  // To see that these tests fail where nobody enforces network policies.
  if (!enforces()) command.emplace_back("--no-policy");
  child_ = std::make_unique<Child>(command, environment_, folder_.path() + "/node.out",
                                   folder_.path() + "/node.err");
  const bool ready =
      eventually(minutes(6), [&] { return !line("ready ").empty() || !child_->running(); });
  REQUIRE_MESSAGE((ready && child_->running()), child_->err());
  kubeconfig_ = line("ready ");
  kubectl_ = line("kubectl ");
  pid_ = static_cast<pid_t>(std::stol(line("pid ")));
}

Node::~Node() {
  child_->signal(SIGTERM);
  (void)child_->wait(seconds(30));
}

std::string Node::line(std::string_view word) const {
  std::istringstream out(child_->out());
  for (std::string one; std::getline(out, one);)
    if (one.starts_with(word) && !out.eof()) return one.substr(word.size());
  return {};
}

std::string Node::fresh_name() { return fmt::format("{}/{}", folder_.path(), ++names_); }

std::unique_ptr<Child> Node::start_kubectl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {kubectl_, "--kubeconfig", kubeconfig_});
  const std::string name = fresh_name();
  return std::make_unique<Child>(arguments, environment_, name + ".out", name + ".err");
}

Installation::Ran Node::try_kubectl(const std::vector<std::string>& arguments) {
  const auto child = start_kubectl(arguments);
  const auto status = child->wait(minutes(2));
  return {status.value_or(-1), child->out(), child->err()};
}

std::string Node::kubectl(const std::vector<std::string>& arguments) {
  const auto ran = try_kubectl(arguments);
  REQUIRE_MESSAGE(ran.status == 0, fmt::format("kubectl {}: {}", arguments.front(), ran.err));
  return ran.out;
}

Installation::Ran Node::try_apply(const std::string& objects,
                                  const std::vector<std::string>& options) {
  const std::string file = fresh_name() + ".yaml";
  write_file(file, objects);
  std::vector<std::string> arguments = {"apply", "-f", file};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return try_kubectl(arguments);
}

void Node::apply(const std::string& objects) {
  const auto ran = try_apply(objects);
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
}

std::string Node::kubeconfig_of(const std::string& ns, const std::string& account) {
  const std::string token = kubectl({"create", "token", account, "-n", ns, "--duration=2h"});
  // As configure.sh writes it, with the token in place of the administrator's certificate.
  std::string text = read_file(kubeconfig_);
  const std::size_t from = text.find("user: {");
  const std::size_t end = text.find('}', from);
  REQUIRE(end != std::string::npos);
  text.replace(from, end - from, "user: {token: " + token);
  const std::string file = fmt::format("{}/{}.{}", folder_.path(), ns, account);
  write_file(file, text);
  return file;
}

}  // namespace ks::test
