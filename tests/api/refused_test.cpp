#include <doctest/doctest.h>

#include "tests/api/own_cluster.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// A cluster whose store does not take what is named `odd`, and takes everything else.
class Refusing final : public OwnCluster {
 public:
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    if (object.text("spec", "name") == "odd")
      return std::unexpected(kube::KubeError{500, "InternalError", "message larger than max", {}});
    return OwnCluster::apply(kind, object, options);
  }
};

}  // namespace

TEST_CASE("an object that the cluster refuses concerns its owner and nobody else") {
  Refusing cluster;
  ServerOptions options;
  options.cluster = &cluster;
  Server server(options);
  Person ann = server.somebody("Ann");
  Person ben = server.somebody("Ben");
  ann.deploy("odd");
  const Json odd = ann.wait_for("odd", "Error");
  CHECK(odd.text("reason") == "Refused");
  // The words of a failing API server are the installation's own affair.
  CHECK_FALSE(odd.text("message").empty());
  CHECK(odd.text("message").find("larger than max") == std::string_view::npos);
  ben.deploy("web");
  ben.wait_for("web", "Ready");
  // It is still being tried, and the installation is well.
  for (int i = 0; i < 20; ++i) {
    CHECK(server.program().troubles().empty());
    ben.get("/api/v1/me");
  }
  CHECK(ann.del(ann.deployment_path("odd")).status == 202);
  ann.wait_for("odd", "");
}
