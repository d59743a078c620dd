#include "kube/https/cluster.hpp"

#include <atomic>
#include <fstream>
#include <mutex>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include "kube/https/test_server.hpp"
#include "kube/https/transport.hpp"

namespace ks::kube::https {

namespace {

using Connection = TestServer::Connection;

constexpr const char* kObject = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}})";
const Ref kRef{kinds::kConfigMap, "n", "a"};

// Answers each request with what `answer` makes of it.
TestServer::Script answering(std::function<std::string(const std::string&)> answer) {
  return [answer = std::move(answer)](Connection& c) {
    for (std::string request = c.request(); !request.empty(); request = c.request())
      if (!c.send(answer(request))) return;
  };
}

std::unique_ptr<HttpsCluster> connect(const KubeConfig& config, const Options& options = {},
                                      runtime::Loop* loop = nullptr) {
  auto made = HttpsCluster::make(config, options, loop);
  REQUIRE(made.has_value());
  return std::move(*made);
}

KubeConfig plain(const TestServer& server) {
  KubeConfig config;
  config.server = fmt::format("http://127.0.0.1:{}", server.port());
  return config;
}

KubeResult<Json> get_over_tls(const CertificateOptions& made, const char* host = "127.0.0.1") {
  const Certificates certificates = make_certificates(made);
  TestServer server(answering([](const std::string&) { return reply(200, kObject); }),
                    &certificates);
  KubeConfig config;
  config.server = fmt::format("https://{}:{}", host, server.port());
  config.ca = certificates.ca;
  return connect(config)->get(kRef);
}

std::string line(int n, std::size_t padding = 0) {
  return fmt::format(R"({{"type":"ADDED","object":{{"metadata":{{"name":"{}","x":"{}"}}}}}})", n,
                     std::string(padding, 'x')) +
         "\n";
}

std::string chunk(const std::string& bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

constexpr const char* kStreamHead =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n";

}  // namespace

TEST_CASE("a server whose certificate checks out is talked to") {
  const auto result = get_over_tls({});
  REQUIRE(result.has_value());
  CHECK(result->text("metadata", "name") == "a");
}

TEST_CASE("a server with another's name, an expired or a self-signed certificate is refused") {
  for (const CertificateOptions& made :
       {CertificateOptions{.name = "DNS:other.example"}, CertificateOptions{.expired = true},
        CertificateOptions{.self_signed = true}}) {
    const auto result = get_over_tls(made);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().status == 0);
    CHECK(result.error().message.find("SSL") != std::string::npos);
  }
}

TEST_CASE("an authority that signed another server's certificate does not count") {
  const Certificates theirs = make_certificates({});
  const Certificates ours = make_certificates({});
  TestServer server(answering([](const std::string&) { return reply(200, kObject); }), &theirs);
  KubeConfig config;
  config.server = fmt::format("https://127.0.0.1:{}", server.port());
  config.ca = ours.ca;
  CHECK(connect(config)->get(kRef).error().status == 0);
  // Without an authority of the cluster's own, the file's counts.
  char path[] = "/tmp/ks-ca-XXXXXX";
  ::close(::mkstemp(path));
  std::ofstream(path) << theirs.ca;
  config.ca.clear();
  Options options;
  options.ca_file = path;
  CHECK(connect(config, options)->get(kRef).has_value());
  ::unlink(path);
  CHECK_FALSE(HttpsCluster::make(config, options).has_value());
}

TEST_CASE("a plain server behind an https address is refused") {
  TestServer server(answering([](const std::string&) { return reply(200, kObject); }), nullptr);
  KubeConfig config;
  config.server = fmt::format("https://127.0.0.1:{}", server.port());
  CHECK(connect(config)->get(kRef).error().status == 0);
}

TEST_CASE("a redirect is not followed and gives no credential away") {
  std::atomic<int> strangers{0};
  TestServer stranger(answering([&](const std::string&) {
                        ++strangers;
                        return reply(200, kObject);
                      }),
                      nullptr);
  TestServer server(
      answering([&](const std::string&) {
        return reply(302, "", fmt::format("Location: http://127.0.0.1:{}/\r\n", stranger.port()));
      }),
      nullptr);
  KubeConfig config = plain(server);
  config.token = "secret";
  const auto result = connect(config)->get(kRef);
  CHECK(result.error().status == 302);
  CHECK(strangers == 0);
}

TEST_CASE("the environment's proxy is not used, the options' is") {
  std::atomic<int> through{0};
  TestServer proxy(answering([&](const std::string&) {
                     ++through;
                     return reply(200, kObject);
                   }),
                   nullptr);
  TestServer server(answering([](const std::string&) { return reply(200, kObject); }), nullptr);
  const std::string address = fmt::format("http://127.0.0.1:{}", proxy.port());
  ::setenv("http_proxy", address.c_str(), 1);
  ::setenv("all_proxy", address.c_str(), 1);
  CHECK(connect(plain(server))->get(kRef).has_value());
  CHECK(through == 0);
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  Options options;
  options.proxy = address;
  CHECK(connect(plain(server), options)->get(kRef).has_value());
  CHECK(through == 1);
  options.no_proxy = "127.0.0.1";
  CHECK(connect(plain(server), options)->get(kRef).has_value());
  CHECK(through == 1);
}

TEST_CASE("a failure carries reason, words and Retry-After") {
  TestServer server(
      answering([](const std::string&) {
        return reply(429,
                     R"({"kind":"Status","code":429,"reason":"TooManyRequests","message":"m"})",
                     "retry-after: 3\r\n");
      }),
      nullptr);
  const auto result = connect(plain(server))->get(kRef);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().reason == "TooManyRequests");
  CHECK(result.error().message == "m");
  CHECK(result.error().retry_after == seconds(3));
}

TEST_CASE("an apply is a PATCH of JSON with manager, force and preconditions") {
  std::mutex mutex;
  std::string seen;
  TestServer server(answering([&](const std::string& request) {
                      const std::lock_guard lock(mutex);
                      seen = request;
                      return reply(200, kObject);
                    }),
                    nullptr);
  const auto cluster = connect(plain(server));
  Json object = Json::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}});
  object["metadata"].set("name", "a").set("namespace", "n").set("resourceVersion", "1");
  REQUIRE(cluster->apply(kinds::kConfigMap, object, {.manager = "k8s-scheduler/x", .uid = "u-1"})
              .has_value());
  const std::lock_guard lock(mutex);
  const auto has = [&](const char* part) { return seen.find(part) != std::string::npos; };
  CHECK(
      seen.starts_with("PATCH /api/v1/namespaces/n/configmaps/"
                       "a?fieldManager=k8s-scheduler%2Fx&force=true HTTP/1.1"));
  CHECK(has("Content-Type: application/apply-patch+yaml"));
  CHECK(has(R"("uid":"u-1")"));
  CHECK_FALSE(has("resourceVersion"));
  CHECK_FALSE(has("Authorization"));
}

TEST_CASE("a token file is read again at each call, and a broken one is not sent") {
  char path[] = "/tmp/ks-token-XXXXXX";
  ::close(::mkstemp(path));
  std::mutex mutex;
  std::string seen;
  std::atomic<int> calls{0};
  TestServer server(answering([&](const std::string& request) {
                      ++calls;
                      const std::lock_guard lock(mutex);
                      seen = request;
                      return reply(200, kObject);
                    }),
                    nullptr);
  KubeConfig config = plain(server);
  config.token_file = path;
  const auto cluster = connect(config);
  for (const char* token : {"first", "second"}) {
    std::ofstream(path, std::ios::trunc) << token << "\n";
    REQUIRE(cluster->get(kRef).has_value());
    const std::lock_guard lock(mutex);
    CHECK(seen.find(std::string("Authorization: Bearer ") + token + "\r\n") != std::string::npos);
  }
  std::ofstream(path, std::ios::trunc) << "a\r\nX-Evil: 1";
  CHECK(cluster->get(kRef).error().reason == "NoCredentials");
  ::unlink(path);
  CHECK(cluster->get(kRef).error().reason == "NoCredentials");
  CHECK(calls == 2);
}

TEST_CASE("a server that does not answer, hangs up or talks nonsense is no answer") {
  Options options;
  options.call_timeout = milliseconds(100);
  TestServer silent(
      [](Connection& c) {
        while (!c.request().empty()) {
        }
      },
      nullptr);
  CHECK(connect(plain(silent), options)->get(kRef).error().status == 0);
  CHECK(connect(plain(silent), options)->watch(kinds::kPod, {}).error().status == 0);
  TestServer rude([](Connection& c) { c.request(); }, nullptr);
  CHECK(connect(plain(rude))->get(kRef).error().status == 0);
  TestServer nonsense(answering([](const std::string&) { return reply(200, "{\"a\":"); }), nullptr);
  CHECK(connect(plain(nonsense))->get(kRef).error().status == 0);
  KubeConfig nobody;
  {
    TestServer gone([](Connection&) {}, nullptr);
    nobody = plain(gone);
  }
  CHECK(connect(nobody)->get(kRef).error().is_transient());
}

TEST_CASE("a watch gives events across chunks, then the end") {
  TestServer server(
      [](Connection& c) {
        c.request();
        const std::string both = line(1) + line(2);
        c.send(kStreamHead);
        for (const char byte : both) c.send(chunk(std::string(1, byte)));
        c.send("0\r\n\r\n");
      },
      nullptr);
  const auto run = [&](runtime::Loop* loop) {
    const auto cluster = connect(plain(server), {}, loop);
    auto watch = cluster->watch(kinds::kConfigMap, {.ns = "n", .resource_version = "1"});
    REQUIRE(watch.has_value());
    for (const char* name : {"1", "2"}) {
      const auto event = (*watch)->next(seconds(30));
      REQUIRE(event.has_value());
      REQUIRE(event->has_value());
      CHECK((*event)->object.text("metadata", "name") == name);
    }
    const auto end = (*watch)->next(seconds(30));
    REQUIRE_FALSE(end.has_value());
    CHECK(end.error().status == 0);
    CHECK(end.error().reason == "Closed");
  };
  run(nullptr);
  runtime::Loop loop;
  loop.spawn([&] { run(&loop); });
  loop.run_until_idle();
}

TEST_CASE("an idle watch gives nothing in its time, and ends with its owner") {
  runtime::Event gone;
  TestServer server(
      [&](Connection& c) {
        c.request();
        c.send(kStreamHead);
        if (c.request().empty()) gone.set();
      },
      nullptr);
  const auto cluster = connect(plain(server));
  {
    auto watch = cluster->watch(kinds::kConfigMap, {});
    REQUIRE(watch.has_value());
    CHECK_FALSE((*watch)->next({})->has_value());
    CHECK_FALSE((*watch)->next(milliseconds(5))->has_value());
    CHECK_FALSE(gone.is_set());
  }
  CHECK(gone.wait_for(seconds(30)));
}

TEST_CASE("a watch whose reader is behind stops reading and loses nothing") {
  constexpr int kEvents = 6000;
  std::atomic<int> sent{0};
  TestServer server(
      [&](Connection& c) {
        c.request();
        c.send(kStreamHead);
        for (int i = 0; i < kEvents; ++i) {
          if (!c.send(chunk(line(i, 8000)))) return;
          ++sent;
        }
        c.send("0\r\n\r\n");
      },
      nullptr);
  const auto cluster = connect(plain(server));
  auto watch = cluster->watch(kinds::kConfigMap, {});
  REQUIRE(watch.has_value());
  // The server gets stuck when the queue and the sockets' buffers are full.
  int before = -1;
  while (before != sent.load()) {
    before = sent.load();
    runtime::Event nobody;
    nobody.wait_for(milliseconds(200));
  }
  CHECK(before < kEvents);
  for (int i = 0; i < kEvents; ++i) {
    const auto event = (*watch)->next(seconds(30));
    REQUIRE(event.has_value());
    REQUIRE(event->has_value());
    REQUIRE((*event)->object.text("metadata", "name") == std::to_string(i));
  }
  CHECK((*watch)->next(seconds(30)).error().reason == "Closed");
}

TEST_CASE("a line without end breaks the watch, an error event ends it as what it is") {
  TestServer endless(
      [](Connection& c) {
        c.request();
        c.send(kStreamHead);
        while (c.send(chunk(std::string(1 << 20, 'x')))) {
        }
      },
      nullptr);
  auto cluster = connect(plain(endless));
  auto watch = cluster->watch(kinds::kConfigMap, {});
  REQUIRE(watch.has_value());
  const auto broken = (*watch)->next(seconds(30));
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().message == "a line of the stream is too long");
  TestServer expired(
      [](Connection& c) {
        c.request();
        c.send(kStreamHead);
        c.send(chunk("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}\n"));
        c.request();
      },
      nullptr);
  cluster = connect(plain(expired));
  watch = cluster->watch(kinds::kConfigMap, {});
  CHECK((*watch)->next(seconds(30)).error().is_expired());
}

TEST_CASE("a watch that cannot be opened is the server's refusal") {
  TestServer server(
      answering([](const std::string&) {
        return reply(410, R"({"kind":"Status","code":410,"reason":"Expired","message":"old"})");
      }),
      nullptr);
  CHECK(connect(plain(server))->watch(kinds::kConfigMap, {}).error().is_expired());
}

TEST_CASE("many fibers share a client") {
  TestServer server(answering([](const std::string&) { return reply(200, kObject); }), nullptr);
  runtime::Loop loop;
  const auto cluster = connect(plain(server), {}, &loop);
  int done = 0;
  for (int i = 0; i < 50; ++i)
    loop.spawn([&] {
      if (cluster->get(kRef).has_value() && ++done == 50) loop.stop();
    });
  loop.run();
  CHECK(done == 50);
}

TEST_CASE("a client that is dropped ends the watches that are open") {
  TestServer server(
      [](Connection& c) {
        c.request();
        c.send(kStreamHead);
        c.request();
      },
      nullptr);
  auto cluster = connect(plain(server));
  auto watch = cluster->watch(kinds::kConfigMap, {});
  REQUIRE(watch.has_value());
  cluster.reset();
  CHECK((*watch)->next(seconds(30)).error().status == 0);
}

}  // namespace ks::kube::https
