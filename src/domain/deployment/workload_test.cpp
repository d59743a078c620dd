#include "domain/deployment/workload.hpp"

#include <string>

#include <doctest/doctest.h>

namespace ks {

namespace {

Workload full() {
  Service web;
  web.name = "web";
  web.image = "docker.io/a/b:1";
  web.port = 8080;
  web.replicas = 3;
  web.args = {"--x", ""};
  web.env = {{"A", "1"}, {"B", ""}};
  web.secret_env = {{"PASSWORD", "DB_PASSWORD"}};
  web.resources = {500, std::int64_t{512} << 20, 100, std::int64_t{128} << 20};
  web.health_path = "/healthz";
  web.writable = {"/tmp"};
  web.run_as = RunAs{101, 102};
  Service db;
  db.name = "db";
  db.image = "postgres:16";
  db.volumes = {{"data", "/data", std::int64_t{1} << 30}, {"wal", "/wal", 5'000'000}};
  Workload out;
  out.services = {web, db};
  out.ingress_service = "web";
  return out;
}

}  // namespace

TEST_CASE("a workload survives being kept as JSON") {
  const Workload before = full();
  const auto after = workload_from_json(*parse_json(to_json(before).dump()));
  REQUIRE(after);
  CHECK(*after == before);
  Workload small;
  small.services = {Service{}};
  small.services[0].name = "web";
  small.services[0].image = "a";
  small.services[0].replicas = 0;
  small.services.push_back(before.services[0]);
  small.services[1].autoscale = Autoscale{2, 65};
  small.exposure = Exposure::internal;
  CHECK(*workload_from_json(to_json(small)) == small);
}

TEST_CASE("a kept workload that is damaged is a bug, not a guess") {
  const Json good = to_json(full());
  const auto damaged = [&](const auto& damage) {
    Json json = good;
    damage(json);
    const auto got = workload_from_json(json);
    return !got &&
           (got.error().code == Error::Code::bug || got.error().code == Error::Code::invalid);
  };
  CHECK(damaged([](Json& j) { j.erase("services"); }));
  CHECK(damaged([](Json& j) { j["services"] = Json::object(); }));
  CHECK(damaged([](Json& j) { j["services"].as_array()[0].erase("name"); }));
  CHECK(damaged([](Json& j) { j["services"].as_array()[0].erase("image"); }));
  CHECK(damaged([](Json& j) { j["services"].as_array()[0]["env"] = "x"; }));
  CHECK(damaged([](Json& j) { j["services"].as_array()[0]["env"]["A"] = 1; }));
  CHECK(damaged([](Json& j) { j["services"].as_array()[0]["args"] = "x"; }));
  CHECK(damaged([](Json& j) { j["services"].as_array()[0].erase("resources"); }));
  CHECK(damaged([](Json& j) { j["services"].as_array()[0]["resources"]["limits"]["cpu"] = "x"; }));
}

TEST_CASE("the ledger is charged limits times replicas, and volumes once") {
  const Amount amount = amount_of(full());
  CHECK(amount.cpu_milli == 3 * 500 + kCpuMilliDefault);
  CHECK(amount.memory_bytes == 3 * (std::int64_t{512} << 20) + kMemoryBytesDefault);
  CHECK(amount.storage_bytes == (std::int64_t{1} << 30) + 5'000'000);
  Workload stopped = full();
  for (Service& s : stopped.services) s.replicas = 0;
  CHECK(amount_of(stopped) == Amount{0, 0, amount.storage_bytes});
  CHECK(amount + Amount{1, 2, 3} - Amount{1, 2, 3} == amount);
}

TEST_CASE("a service that is scaled is charged for as many as there may be") {
  Workload w = full();
  w.services[0].autoscale = Autoscale{1, 50};
  CHECK(amount_of(w) == amount_of(full()));
  Service& web = w.services[0];
  web.replicas = 7;
  CHECK(amount_of(w).cpu_milli == 7 * 500 + kCpuMilliDefault);
  CHECK(amount_of(w).memory_bytes == 7 * (std::int64_t{512} << 20) + kMemoryBytesDefault);
}

TEST_CASE("a container that says nothing is charged 250m and 256Mi") {
  Workload w;
  w.services = {Service{}};
  CHECK(amount_of(w) == Amount{250, 268'435'456, 0});
}

TEST_CASE("the only service has the stem's name, several have theirs behind it") {
  Workload w = full();
  CHECK(object_name("shop-abc123", w, "db") == "shop-abc123-db");
  w.services.pop_back();
  CHECK(object_name("shop-abc123", w, "web") == "shop-abc123");
}

TEST_CASE("services are found by name") {
  Workload w = full();
  REQUIRE(w.find("db") != nullptr);
  w.find("db")->replicas = 0;
  CHECK(w.services[1].replicas == 0);
  CHECK(w.find("none") == nullptr);
  CHECK(name(Exposure::public_) == "public");
  CHECK(name(Exposure::internal) == "internal");
}

}  // namespace ks
