#include <doctest/doctest.h>

#include "operator/plan/deployment.hpp"
#include "operator/sample.hpp"

using namespace ks;

namespace {

// Expand() of k8s.io/kubernetes, third_party/forked/golang/expansion/expand.go: what a kubelet
// makes of a value or an argument. Every name is known here, and stands for something else.
std::string expanded(const std::string& input) {
  std::string out;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input[i] != '$' || i + 1 == input.size()) {
      out += input[i];
      continue;
    }
    if (input[i + 1] == '$') {
      out += '$';
      ++i;
    } else if (input[i + 1] == '(' && input.find(')', i + 2) != std::string::npos) {
      out += "EXPANDED";
      i = input.find(')', i + 2);
    } else {
      out += '$';
      out += input[i + 1];
      ++i;
    }
  }
  return out;
}

struct Arrived {
  std::string value;
  std::string argument;
};

Arrived arrived(const std::string& text) {
  auto d = sample::deployment("ns", "web-abc123");
  Service& service = d.spec.workload.services[0];
  service.env = {{"TEXT", text}};
  service.args = {text};
  for (const op::Object& object :
       op::deployment_objects(d, sample::sandbox("ns").spec, {}, op::OperatorConfig{})) {
    if (object.kind() != kube::kinds::kDeployment) continue;
    const Json& container =
        object.tree().at("spec", "template", "spec", "containers").as_array()[0];
    return {expanded(std::string(container.at("env").as_array()[0].text("value"))),
            expanded(std::string(container.at("args").as_array()[0].as_string()))};
  }
  FAIL("no Deployment");
  return {};
}

}  // namespace

TEST_CASE("values and arguments arrive in the container byte for byte") {
  for (const std::string text : {"$", "$$", "$$$", "a$", "$(TEXT)", "$$(TEXT)", "$$$(TEXT)", "$(",
                                 "$()", "$(A", "$A", "${A}", "pa$$word", "$(A)$(B)", "5$ and 3$"}) {
    CHECK(arrived(text).value == text);
    CHECK(arrived(text).argument == text);
  }
  SeededRandom random(7);
  constexpr std::string_view kLetters = "$()AB{}$";
  for (int i = 0; i < 500; ++i) {
    std::string text = "x";
    for (std::uint64_t n = random.below(12); n > 0; --n)
      text += kLetters[random.below(kLetters.size())];
    const Arrived got = arrived(text);
    CHECK_MESSAGE((got.value == text && got.argument == text), text);
  }
}
