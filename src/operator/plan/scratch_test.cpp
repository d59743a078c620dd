#include <doctest/doctest.h>

#include "domain/deployment/quantity.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/sample.hpp"

using namespace ks;

TEST_CASE("no pod can fill its node's disk: scratch paths have a size, and all together a limit") {
  for (const std::size_t paths : {0U, 1U, 5U}) {
    auto d = sample::deployment("ns", "web-abc123");
    for (std::size_t i = 0; i < paths; ++i)
      d.spec.workload.services[0].writable.push_back("/scratch/" + std::to_string(i));
    int pods = 0;
    for (const op::Object& object :
         op::deployment_objects(d, sample::sandbox("ns").spec, {}, op::OperatorConfig{})) {
      if (object.kind() != kube::kinds::kDeployment) continue;
      ++pods;
      const Json& pod = object.tree().at("spec", "template", "spec");
      std::int64_t scratch = 0;
      std::size_t volumes = 0;
      if (const Json& list = pod.at("volumes"); list.is_array())
        for (const Json& volume : list.as_array()) {
          const auto size = parse_bytes(volume.text("emptyDir", "sizeLimit"));
          REQUIRE(size);
          scratch += *size;
          ++volumes;
        }
      CHECK(volumes == paths);
      const Json& resources = pod.at("containers").as_array()[0].at("resources");
      const auto limit = parse_bytes(resources.text("limits", "ephemeral-storage"));
      const auto request = parse_bytes(resources.text("requests", "ephemeral-storage"));
      REQUIRE((limit && request));
      CHECK(*limit >= scratch);
      CHECK(*limit <= scratch + (std::int64_t{1} << 30));
      CHECK(*request <= *limit);
    }
    CHECK(pods == 1);
  }
}
