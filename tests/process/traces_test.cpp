// Traces of the real program at a real collector.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/digest.hpp"
#include "tests/process/collector.hpp"

using namespace ks;
using namespace ks::test;

namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kParent = "b7ad6b7169203331";
const Headers kSampled = {{"traceparent", "00-" + kTrace + "-" + kParent + "-01"}};

std::string_view attribute(const Json& span, std::string_view key) {
  return span.text("attributes", key);
}
bool is(const Json& span, std::string_view name) { return span.text("name") == name; }

// The value of a counter with this text in its labels; 0 where there is none.
double counted(int metrics, const std::string& name, const std::string& label = {}) {
  const std::string text = request(metrics, "GET", "/metrics").body;
  for (std::size_t at = 0; (at = text.find("\n" + name, at)) != std::string::npos; ++at) {
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    if (line.find(label) != std::string::npos) return std::stod(line.substr(line.rfind(' ') + 1));
  }
  return 0;
}

int with_metrics(Installation& world) {
  const int port = free_port();
  world.settings()["METRICS_ADDR"] = "127.0.0.1:" + std::to_string(port);
  return port;
}

}  // namespace

TEST_CASE("a request is a span of the trace that its sender told of") {
  if (!Collector::available()) return;
  const Collector collector;
  Installation world(Installation::Kind::sqlite);
  collector.serve(world);
  world.settings()["OTEL_EXPORTER_OTLP_HEADERS"] = "Authorization=Bearer%20canary-login";
  world.settings()["OTEL_SERVICE_NAME"] = "scheduler-here";
  const auto server = world.start();
  const auto answer = request(server->port(), "GET", "/api/v1/orgs/nobody?x=1", {}, kSampled);
  CHECK(answer.status == 401);
  const auto found = collector.wait_for([](const Json& s) { return s.text("trace") == kTrace; });
  REQUIRE(found.size() == 1);
  const Json& span = found[0];
  CHECK(span.text("name") == "GET /api/v1/orgs/{org}");
  CHECK(span.text("parent") == kParent);
  CHECK(span.integer_or(0, "kind") == 2);
  CHECK(span.integer_or(0, "flags") == 0x301);
  CHECK(span.integer_or(9, "status") == 0);
  CHECK(attribute(span, "http.request.method") == "GET");
  CHECK(attribute(span, "http.route") == "/api/v1/orgs/{org}");
  CHECK(span.integer_or(0, "attributes", "http.response.status_code") == 401);
  CHECK(attribute(span, "k8s_scheduler.problem") == "unauthenticated");
  // By which log, reply and span are found from each other.
  CHECK(attribute(span, "k8s_scheduler.request_id") == answer.json().text("trace_id"));
  CHECK(span.text("resource", "service.name") == "scheduler-here");
  CHECK_FALSE(span.text("resource", "service.version").empty());

  // What is no traceparent begins a trace of its own.
  const Headers wrong = {{"traceparent", "00-" + kTrace + "-" + kParent + "-01-more"}};
  CHECK(request(server->port(), "GET", "/api/v1/no-such-route", {}, wrong).status == 404);
  const auto unrouted = collector.wait_for([](const Json& s) {
    return is(s, "GET") && s.integer_or(0, "attributes", "http.response.status_code") == 404;
  });
  REQUIRE_FALSE(unrouted.empty());
  CHECK(unrouted[0].text("parent").empty());
  CHECK(unrouted[0].text("trace") != kTrace);
  REQUIRE_FALSE(collector.requests().empty());
  for (const Json& one : collector.requests()) {
    CHECK(one.text("path") == "/v1/traces");
    CHECK(one.text("type") == "application/json");
    CHECK(one.text("login") == "Bearer canary-login");
  }
  // The end sends what is left.
  CHECK(request(server->port(), "DELETE", "/api/v1/no-such-route").status == 404);
  CHECK(server->stop() == 0);
  const auto spans = collector.spans();
  CHECK(std::ranges::any_of(spans, [](const Json& s) { return is(s, "DELETE"); }));
  CHECK(world.output().find("canary-login") == std::string::npos);
  const auto checked = world.run({"config", "check"});
  CHECK(checked.status == 0);
  CHECK(checked.out.find("OTEL_EXPORTER_OTLP_HEADERS=***") != std::string::npos);
  CHECK(checked.out.find("canary-login") == std::string::npos);
}

TEST_CASE("what a reconcile asks of the cluster is part of it, and nothing tells whose it is") {
  if (!Collector::available()) return;
  const Collector collector;
  Installation world(Installation::Kind::sqlite);
  collector.serve(world);
  const auto server = world.start();
  Person root = Installation::administrator(*server);
  Person ann(server->port());
  const std::string password = "canary-password-7f3a9c51d2";
  REQUIRE(ann.sign_up("canary-ann@example.com", password).status == 201);
  REQUIRE(root.send("PUT", "/platform" + ann.org() + "/subscription",
                    Json::object({{"plan", "business"}}))
              .status == 200);
  REQUIRE(ann.send("PATCH", ann.org(), Json::object({{"name", "Canary Organization"}}),
                   {{"if-match", "*"}})
              .status == 200);
  const std::string chosen = "canary-chosen-5be81f0c77a4";
  const auto made = ann.post(
      ann.deployments(), Json::object({{"name", "canaryshop"},
                                       {"template", "postgresql"},
                                       {"inputs", Json::object({{"POSTGRES_PASSWORD", chosen}})}}));
  REQUIRE_MESSAGE(made.status == 201, made.body);
  REQUIRE(eventually(seconds(30), [&] { return ann.ready("canaryshop"); }));
  const auto invited = ann.post(
      ann.org() + "/invitations",
      Json::object(
          {{"invitations", Json::array({Json::object({{"email", "canary-bob@example.com"}})})}}));
  INFO(invited.body);
  CHECK(invited.status < 300);
  // Things that could be told by mistake.
  (void)request(server->port(), "GET", "/canary-path?canary=query", {},
                {{"cookie", ann.cookie()},
                 {"user-agent", "canary-agent"},
                 {"x-request-id", "canary-request"},
                 {"traceparent", kSampled.begin()->second},
                 {"tracestate", "canary=state"},
                 {"baggage", "canary=baggage"}});
  (void)ann.get(ann.deployments("canary-not-there"));

  const auto mails = collector.wait_for([](const Json& s) { return is(s, "send mail"); });
  REQUIRE_FALSE(mails.empty());
  CHECK(attribute(mails[0], "k8s_scheduler.outcome") == "sent");
  CHECK_FALSE(attribute(mails[0], "k8s_scheduler.mail.kind").empty());

  std::map<std::string, Json> reconciles;
  std::vector<Json> applies;
  REQUIRE(eventually(seconds(30), [&] {
    reconciles.clear();
    applies.clear();
    for (const Json& s : collector.spans()) {
      if (s.text("name").starts_with("reconcile "))
        reconciles.emplace(std::string(s.text("span")), s);
      if (is(s, "apply deployments") || is(s, "create deployments") || is(s, "apply statefulsets"))
        applies.push_back(s);
    }
    return !applies.empty() && reconciles.contains(std::string(applies[0].text("parent")));
  }));
  // Leases, lists and watches go on without end, and would be most of what there is.
  for (const Json& s : collector.spans())
    if (s.integer_or(0, "kind") == 3 && !is(s, "send mail"))
      CHECK_MESSAGE(!s.text("parent").empty(), s.text("name"));
  for (const Json& call : applies) {
    CHECK(call.integer_or(0, "kind") == 3);
    CHECK(attribute(call, "k8s_scheduler.kubernetes.resource") == "deployments.apps");
    const auto parent = reconciles.find(std::string(call.text("parent")));
    if (parent == reconciles.end()) continue;
    CHECK(is(parent->second, "reconcile deployment"));
    CHECK(parent->second.text("trace") == call.text("trace"));
    CHECK(parent->second.integer_or(0, "start") <= call.integer_or(0, "start"));
    CHECK(parent->second.integer_or(0, "end") >= call.integer_or(0, "end"));
    CHECK(parent->second.text("parent").empty());
    CHECK(attribute(parent->second, "k8s_scheduler.reconciler") == "deployment");
    CHECK_FALSE(attribute(parent->second, "k8s_scheduler.outcome").empty());
  }
  const Json me = ann.get("/me").json();
  CHECK(server->stop() == 0);
  CHECK_MESSAGE(collector.invalid().empty(), collector.invalid());

  const std::string bodies = collector.bodies();
  REQUIRE(bodies.find("/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}") !=
          std::string::npos);
  const std::string cookie = ann.cookie().substr(ann.cookie().find('=') + 1);
  for (const std::string& canary :
       {std::string("canary"), std::string("Canary"), password, chosen, base64(chosen), cookie,
        std::string(me.at("organizations").as_array()[0].text("slug")), std::string("sandbox-"),
        world.secrets_key(), std::string("127.0.0.1"), std::string("example.com")}) {
    CAPTURE(canary);
    REQUIRE_FALSE(canary.empty());
    CHECK(bodies.find(canary) == std::string::npos);
  }
}

TEST_CASE("a stranger decides nothing about what is sampled, and a trusted proxy does") {
  if (!Collector::available()) return;
  for (const bool trusted : {false, true}) {
    CAPTURE(trusted);
    const Collector collector;
    Installation world(Installation::Kind::sqlite);
    collector.serve(world);
    const int metrics = with_metrics(world);
    world.settings()["OTEL_TRACES_SAMPLER_ARG"] = "0";
    if (trusted) world.settings()["TRUSTED_PROXIES"] = "127.0.0.0/8";
    const auto server = world.start();
    for (int i = 0; i < 50; ++i)
      CHECK(request(server->port(), "GET", "/healthz", {}, kSampled).status == 200);
    CHECK(request(server->port(), "GET", "/healthz", {},
                  {{"traceparent", "00-" + kTrace + "-" + kParent + "-00"}})
              .status == 200);
    if (trusted)
      CHECK(eventually(seconds(20),
                       [&] { return counted(metrics, "trace_spans_exported_total") == 50; }));
    CHECK(server->stop() == 0);
    const auto spans = collector.spans();
    CHECK(spans.size() == (trusted ? 50 : 0));
    for (const Json& span : spans) CHECK(span.text("parent") == kParent);
    CHECK(collector.requests().empty() == !trusted);
  }
}

TEST_CASE("no collector, however ill, makes requests slow or the program large") {
  if (!Collector::available()) return;
  Collector collector;
  Installation world(Installation::Kind::sqlite);
  collector.serve(world);
  const int metrics = with_metrics(world);
  const auto server = world.start();
  const SystemClock clock;
  const auto resident = [&] {
    const std::string text = read_file("/proc/" + std::to_string(server->child().pid()) + "/statm");
    return std::stol(text.substr(text.find(' '))) * ::sysconf(_SC_PAGESIZE);
  };
  // The slowest of many, in microseconds.
  const auto ask = [&](int times) {
    std::int64_t slowest = 0;
    for (int i = 0; i < times; ++i) {
      const Time began = clock.monotonic();
      CHECK(request(server->port(), "GET", "/healthz").status == 200);
      slowest = std::max(slowest, (clock.monotonic() - began).us);
    }
    return slowest;
  };
  const auto dropped = [&](const std::string& why) {
    return counted(metrics, "trace_spans_dropped_total", "\"" + why + "\"");
  };
  ask(100);
  CHECK(
      eventually(seconds(20), [&] { return counted(metrics, "trace_spans_exported_total") > 0; }));

  // Retry-After is waited for, and then the same spans get through.
  collector.set_mode("429 3");
  const std::size_t before = collector.requests().size();
  CHECK(ask(100) < 1'000'000);
  REQUIRE(eventually(seconds(20), [&] { return collector.requests().size() > before; }));
  collector.set_mode("ok");
  REQUIRE(eventually(seconds(20), [&] { return collector.requests().size() > before + 1; }));
  const auto tries = collector.requests();
  CHECK(tries[before + 1].at("at").as_double() - tries[before].at("at").as_double() >= 2.9);
  CHECK(dropped("refused") == 0);

  collector.set_mode("500");
  CHECK(ask(100) < 1'000'000);
  CHECK(eventually(seconds(20), [&] { return dropped("refused") >= 100; }));

  // It has the spans, and does not get them again for want of an answer that can be read.
  collector.set_mode("long");
  const double refused = dropped("refused");
  CHECK(ask(100) < 1'000'000);
  CHECK(eventually(seconds(20), [&] { return dropped("refused") >= refused + 100; }));

  collector.set_mode("slow");
  const long memory = resident();
  CHECK(ask(6000) < 1'000'000);
  // More than the queue holds, and nothing was taken away meanwhile.
  CHECK(dropped("queue_full") > 0);
  collector.kill();
  CHECK(ask(6000) < 1'000'000);
  CHECK(resident() - memory < (16L << 20));
  const Time began = clock.monotonic();
  CHECK(server->stop() == 0);
  CHECK((clock.monotonic() - began) < seconds(12));
}

TEST_CASE("a start that fails ends at once though the collector does not answer") {
  if (!Collector::available()) return;
  Collector collector;
  Installation world(Installation::Kind::sqlite);
  collector.set_mode("slow");
  collector.serve(world);
  world.settings()["DATABASE_DSN"] = "sqlite:/proc/no-such-folder/data.db";
  const SystemClock clock;
  const Time began = clock.monotonic();
  CHECK(world.run({"serve"}).status != 0);
  CHECK((clock.monotonic() - began) < seconds(10));
}

TEST_CASE("what is wrong with the settings of traces is told at the start, without the secrets") {
  Installation world(Installation::Kind::sqlite);
  world.settings()["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://user:canary-password@collector:4318";
  world.settings()["OTEL_EXPORTER_OTLP_HEADERS"] = "canary-header";
  world.settings()["OTEL_TRACES_SAMPLER_ARG"] = "1.5";
  world.settings()["OTEL_SERVICE_NAME"] = "two\nlines";
  const auto ran = world.run({"serve"});
  CHECK(ran.status != 0);
  for (const char* name :
       {"OTEL_EXPORTER_OTLP_ENDPOINT: must be", "OTEL_EXPORTER_OTLP_HEADERS: must",
        "OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1", "OTEL_SERVICE_NAME: must be"})
    CHECK_MESSAGE(ran.err.find(name) != std::string::npos, ran.err);
  CHECK(ran.err.find("canary") == std::string::npos);
  CHECK(ran.out.find("canary") == std::string::npos);
}
