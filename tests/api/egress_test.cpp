// What of the internet an organization's pods may send to.
#include <chrono>
#include <map>
#include <thread>

#include <doctest/doctest.h>

#include "tests/api/mailbox.hpp"
#include "tests/api/own_cluster.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

Json patch(const char* list) { return Json::object({{"egress", parse_json(list).value()}}); }

Json egress_of(Person& person) { return person.get(person.org_path()).json().at("egress"); }

constexpr const char* kList = R"([{"cidr":"8.8.8.0/24","ports":[443]},{"cidr":"9.9.9.9"}])";

}  // namespace

TEST_CASE("an organization with nodes of its own says what of the internet it reaches") {
  Server server;
  Person ann = server.somebody("Ann");
  CHECK(egress_of(ann).is_null());

  for (const char* lesser : {"free", "business"}) {
    CAPTURE(lesser);
    server.raise(ann, lesser);
    const Reply refused = ann.patch(ann.org_path(), patch(kList));
    CHECK(refused.status == 403);
    CHECK(refused.json().text("code") == "feature_not_in_plan");
    CHECK(refused.json().text("feature") == "network.isolation");
    CHECK(refused.json().at("upgrade", "plan") == Json("enterprise"));
    CHECK(egress_of(ann).is_null());
    // All of it is what every plan has.
    CHECK(ann.patch(ann.org_path(), patch("null")).status == 200);
  }
  server.raise(ann, "enterprise");
  const Reply set = ann.patch(ann.org_path(), patch(kList));
  REQUIRE(set.status == 200);
  const Json wanted =
      parse_json(R"([{"cidr":"8.8.8.0/24","ports":[443]},{"cidr":"9.9.9.9/32"}])").value();
  CHECK(set.json().at("egress") == wanted);
  CHECK(egress_of(ann) == wanted);
  // A name that is changed leaves it as it is.
  REQUIRE(ann.patch(ann.org_path(), Json::object({{"name", "Ann's"}})).status == 200);
  CHECK(egress_of(ann) == wanted);

  // A smaller plan opens nothing; there it can be given up, and not be changed.
  server.raise(ann, "free");
  CHECK(egress_of(ann) == wanted);
  CHECK(ann.patch(ann.org_path(), patch("[]")).status == 403);
  CHECK(ann.patch(ann.org_path(), patch(kList)).status == 200);  // As it is already.
  CHECK(ann.patch(ann.org_path(), patch("null")).status == 200);
  CHECK(egress_of(ann).is_null());
}

TEST_CASE("a list of egress that cannot be is refused at its place and changes nothing") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "enterprise");
  const Reply reply = ann.patch(
      ann.org_path(),
      Json::object(
          {{"name", "Other"},
           {"egress", parse_json(R"([{"cidr":"8.8.8.8"},{"cidr":"10.0.0.0/8"},7])").value()}}));
  CHECK(reply.status == 422);
  const Json body = reply.json();
  const auto& errors = body.at("errors").as_array();
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].text("pointer") == "/egress/1/cidr");
  CHECK(errors[1].text("pointer") == "/egress/2");
  CHECK(egress_of(ann).is_null());
  CHECK(ann.get(ann.org_path()).json().text("name") != "Other");
}

TEST_CASE("the list reaches every sandbox of the organization, and no other") {
  OwnCluster cluster;
  ServerOptions options;
  options.cluster = &cluster;
  Server server(options);
  Person ann = server.somebody("Ann");
  Person bob = server.somebody("Bob");
  server.raise(ann, "enterprise");
  server.raise(bob, "enterprise");
  std::map<std::string, std::string> home;
  for (Person* person : {&ann, &bob}) {
    person->deploy("web");
    home[person->id] = person->wait_for("web", "Ready").text("namespace");
  }
  const auto rules = [&](const Person& of) {
    const auto policy =
        cluster.get({kube::kinds::kNetworkPolicy, home.at(of.id), "allow-internet"});
    return policy ? policy->at("spec", "egress").dump() : "none";
  };
  const std::string bobs = rules(bob);
  CHECK(bobs.find("0.0.0.0/0") != std::string::npos);
  const auto becomes = [&](const char* list, const std::string& wanted) {
    CAPTURE(list);
    REQUIRE(ann.patch(ann.org_path(), patch(list)).status == 200);
    for (int tries = 0; tries < 1000 && rules(ann) != wanted; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(rules(ann) == wanted);
  };
  becomes(R"([{"cidr":"8.8.8.0/24","ports":[443]}])",
          R"([{"to":[{"ipBlock":{"cidr":"8.8.8.0/24"}}],"ports":[{"protocol":"TCP","port":443},)"
          R"({"protocol":"UDP","port":443}]}])");
  becomes("[]", "[]");
  CHECK(rules(bob) == bobs);
  becomes("null", bobs);
}

TEST_CASE("a plan on which a list can only be given up says so before, and by mail") {
  Server server({mailing_settings("open"), false});
  Person root = server.administrator();
  Person ann = server.somebody("Ann");
  server.raise(ann, "enterprise");
  const std::string path = "/api/v1/platform/orgs/" + ann.org + "/subscription";
  const auto ranges = [&](const std::string& plan) {
    return root.get(path + "/preview?plan=" + plan).json().at("egress_ranges");
  };
  CHECK(ranges("free").is_null());
  REQUIRE(
      ann.patch(ann.org_path(), patch(R"([{"cidr":"1.1.1.0/24"},{"cidr":"8.8.8.8/32"}])")).status ==
      200);
  CHECK(ranges("enterprise").is_null());
  CHECK(ranges("free") == Json(2));
  CHECK(ranges("business") == Json(2));
  const int before = mails_waiting(server);
  REQUIRE(root.put(path, Json::object({{"plan", "business"}})).status == 200);
  CHECK(mails_waiting(server) == before + 1);
  CHECK(mail_to(server, ann.email).kind == "plan_changed");
  // Of two changes the last one is told, and the same plan again is no change.
  for (int i = 0; i < 2; ++i) {
    REQUIRE(root.put(path, Json::object({{"plan", "free"}})).status == 200);
    CHECK(mails_waiting(server) == before + 1);
  }
}
