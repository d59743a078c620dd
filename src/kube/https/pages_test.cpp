#include <mutex>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "kube/https/cluster.hpp"
#include "kube/https/test_server.hpp"

namespace ks::kube::https {

TEST_CASE("a list halves its page until the answer fits; what never fits is told as too long") {
  std::vector<std::string> asked;
  std::mutex mutex;
  std::size_t fits = 3;
  TestServer server(
      [&](TestServer::Connection& c) {
        for (std::string request = c.request(); !request.empty(); request = c.request()) {
          const std::lock_guard lock(mutex);
          const std::size_t at = request.find("limit=") + 6;
          asked.push_back(request.substr(at, request.find(' ', at) - at));
          const bool fit = std::stoul(asked.back()) <= fits;
          if (!c.send(reply(200, fit ? R"({"items":[]})" : std::string(2000, ' ')))) return;
        }
      },
      nullptr);
  KubeConfig config;
  config.server = fmt::format("http://127.0.0.1:{}", server.port());
  Options options;
  options.answer_bytes_max = 1000;
  auto made = HttpsCluster::make(config, options);
  REQUIRE(made.has_value());
  const auto& cluster = *made;
  CHECK(cluster->list(kinds::kPod, {.limit = 40}).has_value());
  {
    const std::lock_guard lock(mutex);
    CHECK(asked == std::vector<std::string>{"40", "20", "10", "5", "2"});
    fits = 0;
  }
  const auto result = cluster->list(kinds::kPod, {.limit = 3});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().is_too_long());
  CHECK_FALSE(result.error().is_transient());
  CHECK(page_limit(kinds::kUserDeployment) == 40);
  CHECK(page_limit(kinds::kDeployment) == 40);
  CHECK(page_limit(kinds::kPod) == 40);
  CHECK(page_limit(kinds::kEvent) == 40);
  CHECK(page_limit(kinds::kSandbox) == 500);
}

}  // namespace ks::kube::https
