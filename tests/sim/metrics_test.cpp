// The numbers of the operator as /metrics serves them, after work on the simulated cluster.
#include "http/metrics.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "main/operator_metrics.hpp"
#include "operator/sample.hpp"
#include "tests/sim/exposition.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
using sim::World;
using test::Family;

namespace {

// All but "unsettled", which takes a cluster that changes what is written every time.
const std::set<std::string> kCauses = {"conflict",  "forbidden", "invalid",      "no_answer",
                                       "not_found", "refused",   "server_error", "too_many"};

std::map<std::string, Family> served(OperatorMetrics& numbers, const http::Metrics& metrics) {
  numbers.measure();
  return test::read_exposition(metrics.response().body);
}

// A world with an installation of so many tenants, in which each call for one of them is refused
// once in each way that there is.
std::string work(int tenants, std::map<std::string, Family>& out) {
  World world;
  http::Metrics metrics;
  OperatorMetrics numbers(metrics, world.op());
  for (int i = 1; i <= tenants; ++i) {
    const std::string ns = "tenant-" + std::to_string(i);
    world.sandboxes[ns] = sample::sandbox(ns, i, i);
    const std::string stem = "shop-" + std::to_string(100000 + i);
    world.deployments[stem] = sample::wiki(ns, stem);
    world.deployments[stem].spec.org_id = sample::uuid(i);
  }
  // Namespaces first, then what is in them.
  for (int i = 0; i < 2; ++i) {
    world.apply();
    REQUIRE(world.settle());
  }
  CHECK(served(numbers, metrics).at("operator_queue_depth").series == 2);
  for (const int status : {0, 403, 404, 409, 422, 429, 418, 503}) {
    CAPTURE(status);
    for (const auto* kind : {&kube::kinds::kNetworkPolicy, &kube::kinds::kDeployment}) {
      CAPTURE(kind->plural);
      int left = 1;
      world.gate().refuse(
          [&](const char* verb, const kube::Ref& ref) -> std::optional<kube::KubeError> {
            if (std::string_view(verb) != "apply" || ref.kind != *kind || left-- <= 0)
              return std::nullopt;
            return kube::KubeError{status, "Played", "played for " + ref.ns, {}};
          });
      // Something to put right for each tenant.
      REQUIRE_FALSE(world.ours(*kind).empty());
      for (const Json& object : world.ours(*kind))
        REQUIRE(world.cluster().remove(kube::ref_of(*kind, object), {}));
      REQUIRE(world.settle());
      CHECK(left <= 0);
    }
  }
  world.gate().refuse({});
  REQUIRE(world.settle());
  out = served(numbers, metrics);
  return metrics.response().body;
}

}  // namespace

TEST_CASE("queue, time and errors by cause are served as the documentation names them") {
  std::map<std::string, Family> families;
  work(2, families);
  std::map<std::string, test::Documented> docs = test::documented_metrics();
  std::erase_if(docs, [](const auto& row) { return !row.first.starts_with("operator_"); });
  REQUIRE_FALSE(docs.empty());
  CHECK(families.size() == docs.size());
  for (const auto& [name, row] : docs) {
    CAPTURE(name);
    REQUIRE(families.contains(name));
    CHECK(families.at(name).type == row.type);
    CHECK(families.at(name).label_names() == row.labels);
    CHECK(families.at(name).series > 0);
  }
  const std::set<std::string> reconcilers = {"deployment", "sandbox"};
  for (const char* name :
       {"operator_queue_depth", "operator_reconcile_seconds", "operator_reconcile_errors_total"})
    CHECK(families.at(name).labels.at("reconciler") == reconcilers);
  CHECK(families.at("operator_reconcile_errors_total").labels.at("cause") == kCauses);
}

TEST_CASE("more tenants make no more numbers, and none is called by what is theirs") {
  std::map<std::string, Family> few, many;
  work(1, few);
  const std::string text = work(6, many);
  REQUIRE(few.size() == many.size());
  for (const auto& [name, family] : few) {
    CAPTURE(name);
    CHECK(many.at(name).series == family.series);
    CHECK(many.at(name).labels == family.labels);
  }
  for (const char* theirs : {"tenant-", "shop-", "01890000-", "wiki", "Played"})
    CHECK_MESSAGE(text.find(theirs) == std::string::npos, theirs);
}
