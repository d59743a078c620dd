#include "http/metrics.hpp"

#include <string>

#include <doctest/doctest.h>

namespace ks::http {

TEST_CASE("requests are counted by route, method and class of status") {
  Metrics metrics;
  metrics.observe_request("/orgs/{org}", Method::get, 200, milliseconds(3));
  metrics.observe_request("/orgs/{org}", Method::get, 204, milliseconds(3));
  metrics.observe_request("/orgs/{org}", Method::get, 404, milliseconds(3));
  metrics.observe_request("", Method::post, 404, milliseconds(3));
  const std::string text = metrics.render();
  const auto has = [&](std::string_view line) { return text.find(line) != std::string::npos; };
  CHECK(has("http_requests_total{method=\"GET\",route=\"/orgs/{org}\",status=\"2xx\"} 2\n"));
  CHECK(has("http_requests_total{method=\"GET\",route=\"/orgs/{org}\",status=\"4xx\"} 1\n"));
  CHECK(has("http_requests_total{method=\"POST\",route=\"unmatched\",status=\"4xx\"} 1\n"));
  CHECK(
      has("http_request_seconds_bucket{method=\"GET\",route=\"/orgs/{org}\",status=\"2xx\","
          "le=\"0.005\"} 2\n"));
  CHECK(has("# TYPE http_request_seconds histogram"));
  CHECK(metrics.response().headers.get("content-type").starts_with("text/plain; version=0.0.4"));
}

TEST_CASE("the same name and labels give the same number") {
  Metrics metrics;
  metrics.counter("jobs_total", "Jobs.", {{"kind", "a"}}).add();
  metrics.counter("jobs_total", "Jobs.", {{"kind", "a"}}).add(2);
  metrics.gauge("depth", "Depth.").set(5);
  metrics.gauge("depth", "Depth.").add(-2);
  metrics.histogram("took_seconds", "Time.", {0.1, 1}).observe(0.5);
  const std::string text = metrics.render();
  CHECK(text.find("jobs_total{kind=\"a\"} 3\n") != std::string::npos);
  CHECK(text.find("depth 3\n") != std::string::npos);
  CHECK(text.find("took_seconds_bucket{le=\"1\"} 1\n") != std::string::npos);
}

}  // namespace ks::http
