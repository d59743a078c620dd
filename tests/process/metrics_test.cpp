#include <doctest/doctest.h>

#include "tests/process/installation.hpp"
#include "tests/sim/exposition.hpp"

using namespace ks;
using namespace ks::test;

TEST_CASE("/metrics serves the numbers that the documentation has, and no others") {
  Installation world(Installation::Kind::sqlite);
  const int port = free_port();
  world.settings()["METRICS_ADDR"] = "127.0.0.1:" + std::to_string(port);
  const auto server = world.start();
  const auto docs = documented_metrics();
  REQUIRE_FALSE(docs.empty());
  // What is said to be there from the start is there before anybody has asked for anything.
  const auto early = read_exposition(request(port, "GET", "/metrics").body);
  for (const auto& [name, row] : docs)
    if (row.from_the_start) CHECK_MESSAGE(early.contains(name), name);

  Person root = Installation::administrator(*server);
  Person ann(server->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  REQUIRE(ann.post(ann.deployments(), Json::object({{"name", "shop"}, {"template", "web-redis"}}))
              .status == 201);
  REQUIRE(eventually(seconds(30), [&] { return ann.ready("shop"); }));
  const std::string text = request(port, "GET", "/metrics").body;
  const auto families = read_exposition(text);
  for (const auto& [name, family] : families) {
    CAPTURE(name);
    REQUIRE_MESSAGE(docs.contains(name), "docs/operations/metrics.md has no row for it");
    CHECK(family.type == docs.at(name).type);
    CHECK(family.label_names() == docs.at(name).labels);
  }
  for (const char* name : {"http_requests_total", "operator_reconcile_seconds"})
    CHECK_MESSAGE(families.contains(name), name);
  // Neither who nor what: names, slugs and identifiers of all three.
  const Json me = ann.get("/me").json();
  for (const std::string& theirs :
       {std::string("shop"), std::string("ann"), std::string("sandbox-"),
        std::string(me.at("organizations").as_array()[0].text("slug")),
        std::string(me.at("organizations").as_array()[0].text("id"))}) {
    CAPTURE(theirs);
    REQUIRE_FALSE(theirs.empty());
    for (const auto& [name, family] : families)
      for (const auto& [label, values] : family.labels)
        for (const std::string& value : values)
          CHECK_MESSAGE(value.find(theirs) == std::string::npos, value);
  }
  CHECK(server->stop() == 0);
}
