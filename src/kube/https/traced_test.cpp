#include "kube/traced.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include <doctest/doctest.h>

#include "kube/https/cluster.hpp"
#include "kube/https/test_server.hpp"

namespace ks::kube::https {

namespace {

struct World {
  World() {
    KubeConfig config;
    config.server = "http://127.0.0.1:" + std::to_string(server.port());
    auto made = HttpsCluster::make(config, {});
    REQUIRE(made.has_value());
    real = std::move(*made);
    traced.emplace(*real, tracer);
  }
  std::string header(std::size_t request) {
    const std::lock_guard lock(mutex);
    REQUIRE(request < requests.size());
    const std::string& text = requests[request];
    const std::size_t at = text.find("traceparent: ");
    REQUIRE(text.find("traceparent: ", at + 1) == std::string::npos);
    return at == std::string::npos ? "" : text.substr(at + 13, text.find('\r', at) - at - 13);
  }

  std::mutex mutex;
  std::vector<std::string> requests;
  int status = 200;
  TestServer server{[this](TestServer::Connection& c) {
                      for (std::string r = c.request(); !r.empty(); r = c.request()) {
                        const std::lock_guard lock(mutex);
                        requests.push_back(r);
                        if (!c.send(reply(status, R"({"kind":"Pod","metadata":{"name":"a"}})")))
                          return;
                      }
                    },
                    nullptr};
  SystemClock clock;
  SystemRandom random;
  trace::Tracer tracer{{}, clock, random};
  std::unique_ptr<HttpsCluster> real;
  std::optional<TracedCluster> traced;
};

std::int64_t status_of(const trace::Span& span) {
  for (const auto& one : span.attributes)
    if (one.key == "http.response.status_code") return std::get<std::int64_t>(one.value);
  return 0;
}

// Made when it is asked for: which file's constants are first nobody knows.
Ref pod_ref() { return {kinds::kPod, "canary-namespace", "canary-name"}; }

}  // namespace

TEST_CASE("the API server is told of the span that its call is, as a child of what goes on") {
  World w;
  trace::Context around{};
  {
    const trace::Work work(&w.tracer, trace::SpanKind::internal, "reconcile", "sandbox");
    around = work.context();
    CHECK(w.traced->get(pod_ref()).has_value());
    w.status = 201;
    const Json pod = Json::object(
        {{"apiVersion", "v1"},
         {"kind", "Pod"},
         {"metadata", Json::object({{"name", "canary-name"}, {"namespace", "canary-namespace"}})}});
    CHECK(w.traced->create(kinds::kPod, pod).has_value());
  }
  const auto spans = w.tracer.take();
  REQUIRE(spans.size() == 3);
  CHECK(spans[0].name == "get pods");
  CHECK(status_of(spans[0]) == 200);
  CHECK(spans[1].name == "create pods");
  CHECK(status_of(spans[1]) == 201);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(spans[i].parent == around.span);
    CHECK(spans[i].context.trace == around.trace);
    CHECK_FALSE(spans[i].failed);
    CHECK(w.header(i) == trace::traceparent(spans[i].context));
  }
  const std::string told = [&] {
    std::string out;
    for (const auto& span : spans)
      for (const auto& one : span.attributes)
        if (const auto* text = std::get_if<std::string>(&one.value)) out += *text + " ";
    return out;
  }();
  CHECK(told.find("canary") == std::string::npos);
}

TEST_CASE("a call that fails is a span that failed, with its status") {
  World w;
  {
    const trace::Work work(&w.tracer, trace::SpanKind::internal, "reconcile", "sandbox");
    w.status = 403;
    CHECK_FALSE(w.traced->get(pod_ref()).has_value());
    w.status = 404;
    CHECK_FALSE(w.traced->get(pod_ref()).has_value());
    CHECK_FALSE(w.traced->remove(pod_ref(), {}).has_value());
  }
  const auto spans = w.tracer.take();
  REQUIRE(spans.size() == 4);
  CHECK(status_of(spans[0]) == 403);
  CHECK(spans[0].failed);
  // Looking whether something is there is no failure.
  CHECK(status_of(spans[1]) == 404);
  CHECK_FALSE(spans[1].failed);
  CHECK(spans[2].failed);
}

TEST_CASE("a call that is part of nothing is no span, and the API server is told of no trace") {
  World w;
  CHECK(w.traced->get(pod_ref()).has_value());
  (void)w.traced->list(kinds::kPod, {});
  (void)w.traced->watch(kinds::kPod, {});
  const Json lease =
      Json::object({{"apiVersion", "coordination.k8s.io/v1"},
                    {"kind", "Lease"},
                    {"metadata", Json::object({{"name", "operator"}, {"namespace", "here"}})}});
  (void)w.traced->create(kinds::kLease, lease);
  (void)w.traced->apply(kinds::kLease, lease, {});
  (void)w.traced->remove(pod_ref(), {});
  CHECK(w.tracer.waiting() == 0);
  CHECK(w.requests.size() == 6);
  for (std::size_t i = 0; i < w.requests.size(); ++i) CHECK(w.header(i).empty());
}

TEST_CASE("where nothing is traced the API server is told of no trace") {
  World w;
  CHECK(w.real->get(pod_ref()).has_value());
  CHECK(w.header(0).empty());
}

}  // namespace ks::kube::https
