#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"
#include "operator/probe/played.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;
using op::PlayedNetwork;

namespace {

// An installation that probes its network, which is played.
struct Probed {
  std::atomic<PlayedNetwork> network;
  SystemClock time;
  runtime::LoopGroup loops{1};
  kube::simulated::SimulatedCluster cluster{
      time, {.bookmark_every = milliseconds(20), .ends = [this](const Json& pod) {
               return op::played_probe(network.load(), pod);
             }}};
  Server server{{.settings = {{"ISOLATION_INTERVAL", "5"},
                              {"LEADER_ELECT", "false"},
                              {"NETWORK_PROBE_IMAGE", "registry.test/k8s-scheduler:1"}},
                 .cluster = &cluster}};
  Person admin = server.administrator();
  Person ann = server.somebody("Ann");

  explicit Probed(PlayedNetwork played) : network(played) { cluster.start(loops.at(0)); }

  Reply deploy(Person& who) {
    return who.post(
        who.team_path() + "/deployments",
        Json::object({{"name", "web"}, {"image", "registry.test/web:1"}, {"port", 8080}}));
  }
  // What is read there, once it says so.
  template <class Says>
  Json until(Person& who, const std::string& path, Says says) {
    Json last;
    const Time end = time.monotonic() + seconds(120);
    while (time.monotonic() < end) {
      last = who.get(path).json();
      if (says(last)) return last;
      runtime::sleep_for(milliseconds(20));
    }
    FAIL("does not come: " << last.dump());
    return {};
  }
  Json sandbox(const std::string& reason) {
    const auto first = [](const Json& list) {
      const auto& items = list.at("items").as_array();
      return items.empty() ? Json() : items.front();
    };
    return first(until(ann, ann.org_path() + "/isolation", [&](const Json& list) {
      const Json one = first(list);
      return one.is_object() && one.at("network").text("reason") == reason;
    }));
  }
};

}  // namespace

TEST_CASE("a network that a probe saw enforce policies is told as that, with the look's proof") {
  Probed at(PlayedNetwork::enforces);
  REQUIRE(at.deploy(at.ann).status == 201);
  const Json one = at.sandbox("Enforced");
  CHECK(one.at("network").text("state") == "isolated");
  CHECK(one.text("state") == "alone");
  // The proof of yesterday is none: nobody looks any more.
  at.cluster.set_down(true);
  at.server.clock().advance(minutes(20));
  const Json old = at.sandbox("NotLooked");
  CHECK(old.at("network").text("state") == "unknown");
}

TEST_CASE(
    "where nobody enforces, sandboxes count as exposed, and what is new waits with the reason") {
  Probed at(PlayedNetwork::lets_all);
  REQUIRE(at.deploy(at.ann).status == 201);
  const Json one = at.sandbox("NotEnforced");
  CHECK(one.at("network").text("state") == "open");
  CHECK(one.text("state") == "exposed");
  CHECK(one.at("findings").as_array().empty());
  const Json all = at.admin.get("/api/v1/platform/isolation?state=exposed").json();
  CHECK(all.at("totals", "exposed").as_int() == 1);
  CHECK(all.at("items").as_array().size() == 1);

  Person bob = at.server.somebody("Bob");
  REQUIRE(at.deploy(bob).status == 201);
  const std::string place = bob.team_path() + "/deployments/web";
  const Json waits = at.until(bob, place, [](const Json& deployment) {
    return deployment.text("reason") == "NetworkNotEnforced";
  });
  CHECK(waits.text("phase") == "Pending");
  // It counts before any look has seen it.
  const Json list = at.until(bob, bob.org_path() + "/isolation", [](const Json& own) {
    return own.at("totals", "exposed").as_int() == 1;
  });
  const Json& waiting = list.at("items").as_array().front();
  CHECK(waiting.at("network").text("reason") == "NotEnforced");
  CHECK(waiting.at("network").text("state") == "open");
  CHECK(waiting.text("state") == "exposed");
  CHECK(waiting.at("pods").is_null());
  CHECK(list.at("totals", "unseen").as_int() == 1);
  const Json both = at.admin.get("/api/v1/platform/isolation?state=exposed").json();
  CHECK(both.at("totals", "exposed").as_int() == 2);
  CHECK(both.at("items").as_array().size() == 2);
  at.network = PlayedNetwork::enforces;
  at.server.clock().advance(minutes(6));
  at.until(bob, place, [](const Json& deployment) { return deployment.text("phase") == "Ready"; });
}
