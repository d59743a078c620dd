#include <string>
#include <thread>
#include <tuple>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {
Fields key(const std::string& text) { return {{"Idempotency-Key", text}}; }
Json template_body(const char* name) { return Json::object({{"name", "db"}, {"template", name}}); }
}  // namespace

TEST_CASE("the same key and body give the first answer and do nothing again") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const Reply first = ann.post(ann.deployments_path(), image_body("web"), key("k1"));
  REQUIRE(first.status == 201);
  ann.wait_for("web", "Ready");
  // In another order and with other white space it is still the same body.
  const Reply again =
      ann.call({"POST",
                ann.deployments_path(),
                {{"Content-Type", "application/json"}, {"Idempotency-Key", "k1"}},
                R"( {"port": 8080, "image":"docker.io/library/web:1",  "name":"web" } )"});
  CHECK(again.status == 201);
  CHECK(again.json() == first.json());
  CHECK(again.header("etag") == first.header("etag"));
  CHECK(again.header("location") == first.header("location"));
  CHECK(ann.used("deployments.max") == 1);
  // Without the key it is a second wish, and the name is taken.
  CHECK(ann.post(ann.deployments_path(), image_body("web")).status == 409);
}

TEST_CASE("a key with another body is refused") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  REQUIRE(ann.post(ann.deployments_path(), image_body("web"), key("k1")).status == 201);
  const Reply reply = ann.post(ann.deployments_path(), image_body("other"), key("k1"));
  CHECK(reply.status == 422);
  CHECK(reply.json().text("code") == "idempotency_key_reused");
  CHECK(ann.get(ann.deployment_path("other")).status == 404);
}

TEST_CASE("secrets that were made are in the first answer and in no other") {
  Server server;
  Person ann = server.somebody("Ann");
  const Reply first = ann.post(ann.deployments_path(), template_body("postgresql"), key("k1"));
  REQUIRE(first.status == 201);
  const Json generated = first.json().at("generated");
  REQUIRE(generated.is_object());
  REQUIRE(generated.members().size() == 1);
  const std::string secret = generated.members()[0].second.as_string();
  CHECK(secret.size() >= 16);
  const Reply again = ann.post(ann.deployments_path(), template_body("postgresql"), key("k1"));
  REQUIRE(again.status == 201);
  CHECK(again.body.find(secret) == std::string::npos);
  CHECK(again.json().find("generated") == nullptr);
  Json without = first.json();
  without.erase("generated");
  CHECK(again.json() == without);
}

TEST_CASE("a key counts for one person, one path and what succeeded") {
  Server server;
  Person ann = server.somebody("Ann");
  Person ben = server.somebody("Ben");
  REQUIRE(ann.post(ann.deployments_path(), image_body("web"), key("k1")).status == 201);
  REQUIRE(ben.post(ben.deployments_path(), image_body("other"), key("k1")).status == 201);
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}}), key("k1")).status ==
          201);
  CHECK(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}}), key("k1")).status ==
        201);
  CHECK(ann.used("teams.max") == 2);
  // A refusal is not kept.
  REQUIRE(ann.post(ann.deployments_path(), image_body("second"), key("k2")).status == 403);
  server.raise(ann, "business");
  CHECK(ann.post(ann.deployments_path(), image_body("second"), key("k2")).status == 201);
}

TEST_CASE("deploy with a key makes one revision") {
  Server server;
  Person ann = server.somebody("Ann");
  ann.deploy("web");
  const std::string path = ann.deployment_path("web") + "/deploy";
  CHECK(ann.post(path, Json::object(), key("k1")).json().at("revision") == Json(2));
  CHECK(ann.post(path, Json::object(), key("k1")).json().at("revision") == Json(2));
  CHECK(ann.post(path, Json::object(), key("k2")).json().at("revision") == Json(3));
  CHECK(ann.get(ann.deployment_path("web")).json().at("revision") == Json(3));
}

TEST_CASE("a key has 1 to 255 characters") {
  Server server;
  Person ann = server.somebody("Ann");
  for (const std::string& bad : {std::string(), std::string(256, 'k')}) {
    const Reply reply = ann.post(ann.deployments_path(), image_body("web"), key(bad));
    CHECK(reply.status == 422);
    CHECK(reply.json().at("errors").as_array()[0].text("pointer") == "Idempotency-Key");
  }
  CHECK(ann.post(ann.deployments_path(), image_body("web"), key(std::string(255, 'k'))).status ==
        201);
}

TEST_CASE("a key that is used many times at once works once") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "enterprise");
  constexpr std::size_t kAtOnce = 12;
  std::vector<Reply> replies(kAtOnce);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kAtOnce; ++i)
    threads.emplace_back([&, i] {
      replies[i] = send(server.port(), {"POST",
                                        ann.deployments_path(),
                                        {{"Cookie", ann.cookie},
                                         {"Content-Type", "application/json"},
                                         {"Idempotency-Key", "k1"}},
                                        image_body("web").dump()});
    });
  for (auto& thread : threads) thread.join();
  std::string id;
  for (const Reply& reply : replies) {
    CAPTURE(reply.body);
    if (reply.status == 409) {
      CHECK(reply.json().text("code") == "request_in_progress");
      continue;
    }
    CHECK(reply.status == 201);
    if (id.empty()) id = reply.json().text("id");
    CHECK(reply.json().text("id") == id);
  }
  CHECK_FALSE(id.empty());
  CHECK(ann.used("deployments.max") == 1);
}

TEST_CASE("a long answer is not kept but read again, with the rights of then") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const auto with = [](const std::string& name, std::size_t bytes) {
    return image_body(name,
                      Json::object({{"env", Json::object({{"TEXT", std::string(bytes, 'x')}})}}));
  };
  const Json change = Json::object({{"replicas", 0}});
  for (const auto& [name, bytes, again] :
       {std::tuple("small", 1000, false), std::tuple("large", 20'000, true)}) {
    CAPTURE(name);
    const Json body = with(name, static_cast<std::size_t>(bytes));
    const Reply made = ann.post(ann.deployments_path(), body, key(name));
    REQUIRE(made.status == 201);
    const Reply changed = ann.patch(ann.deployment_path(name), change);
    REQUIRE(changed.status == 200);
    const Reply answer = ann.post(ann.deployments_path(), body, key(name));
    CHECK(answer.status == 201);
    CHECK(answer.header("location") == made.header("location"));
    CHECK(answer.json().at("id") == made.json().at("id"));
    CHECK(answer.header("etag") == (again ? changed : made).header("etag"));
    CHECK(answer.json().at("version") == (again ? changed : made).json().at("version"));
    const std::string path = ann.deployment_path(name) + "/deploy";
    const Reply deployed = ann.post(path, Json::object(), key("deploy"));
    const Reply same = ann.post(path, Json::object(), key("deploy"));
    CHECK(same.status == 202);
    CHECK(same.json().at("revision") == deployed.json().at("revision"));
    REQUIRE(ann.del(ann.deployment_path(name)).status == 202);
  }
}
