// A change of what runs, beside what it takes the place of.
#include <algorithm>
#include <atomic>

#include <doctest/doctest.h>

#include "domain/deployment/quantity.hpp"
#include "domain/resources.hpp"
#include "tests/api/own_cluster.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Holds each quota that is asked for against the pods that are there at that moment.
class Rollout final : public OwnCluster {
 public:
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    if (kind == kube::kinds::kSandbox && options.subresource == kube::Subresource::none)
      if (const auto sandbox = sandbox_from_json(object))
        if (const auto most = sandbox->spec.quota.cpu_milli)
          short_of = std::max(short_of.load(), taken(sandbox->spec.ns) - *most);
    return OwnCluster::apply(kind, object, options);
  }

  // Of the namespace's quota, as it is wanted.
  std::int64_t cpu_milli(const std::string& ns) {
    const auto found = get({kube::kinds::kSandbox, {}, ns});
    REQUIRE(found);
    const auto sandbox = sandbox_from_json(*found);
    REQUIRE(sandbox);
    return sandbox->spec.quota.cpu_milli.value_or(-1);
  }
  bool becomes(const std::string& ns, std::int64_t wanted) {
    const Time until = clock_.monotonic() + seconds(30);
    while (cpu_milli(ns) != wanted && clock_.monotonic() < until)
      runtime::sleep_for(milliseconds(20));
    return cpu_milli(ns) == wanted;
  }

  // The most by which a quota was under what its namespace's pods took.
  std::atomic<std::int64_t> short_of{0};

 private:
  std::int64_t taken(const std::string& ns) {
    kube::ListOptions options;
    options.ns = ns;
    const auto pods = list(kube::kinds::kPod, options);
    std::int64_t sum = 0;
    if (!pods) return sum;
    for (const Json& pod : pods->items)
      // One that ends makes room by itself.
      if (pod.text("metadata", "deletionTimestamp").empty())
        for (const Json& container : pod.at("spec", "containers").as_array())
          sum += parse_cpu_milli(container.text("resources", "limits", "cpu")).value_or(0);
    return sum;
  }

  SystemClock clock_;
};

Json takes(const char* cpu, int replicas) {
  return Json::object(
      {{"replicas", replicas}, {"resources", Json::object({{"cpu", cpu}, {"memory", "64Mi"}})}});
}

}  // namespace

TEST_CASE("a change to smaller pods has room beside those of before, and then the quota shrinks") {
  Rollout world;
  ServerOptions options;
  options.cluster = &world;
  Server server(options);
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const Json made = ann.deploy("web", takes("500m", 3));
  const std::string ns(made.text("namespace"));
  ann.wait_for("web", "Ready");
  CHECK(world.becomes(ns, 2000));
  REQUIRE(ann.patch(ann.deployment_path("web"), takes("100m", 3)).status == 200);
  CHECK(ann.wait_for("web", "Ready").integer_or(0, "serving_revision") == 2);
  CHECK(world.becomes(ns, 400));
  // More of less, and less of more.
  REQUIRE(ann.patch(ann.deployment_path("web"), takes("200m", 1)).status == 200);
  CHECK(ann.wait_for("web", "Ready").integer_or(0, "serving_revision") == 3);
  CHECK(world.becomes(ns, 400));
  REQUIRE(ann.patch(ann.deployment_path("web"), takes("50m", 4)).status == 200);
  CHECK(ann.wait_for("web", "Ready").integer_or(0, "serving_revision") == 4);
  CHECK(world.becomes(ns, 250));
  CHECK(world.short_of.load() == 0);
}
