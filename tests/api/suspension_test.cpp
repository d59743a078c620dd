// An organization that is suspended, to its people and to who suspends it.
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"
#include "tests/api/audit_rows.hpp"
#include "tests/api/mailbox.hpp"

using namespace ks;
using namespace ks::api_test;
using ks::test::RawSql;

namespace {

Json why() { return Json::object({{"reason", "The last invoices are open"}}); }

std::string suspension_of(const std::string& org) {
  return "/api/v1/platform/orgs/" + org + "/suspension";
}

Reply suspend(Server& server, const std::string& org) {
  return server.administrator().put(suspension_of(org), why());
}
Reply lift(Server& server, const std::string& org) {
  return server.administrator().del(suspension_of(org));
}

// Writes of an organization that a suspension does not answer with org_suspended, and with what
// they are answered.
const std::map<std::string, std::pair<int, std::string>>& others() {
  static const std::map<std::string, std::pair<int, std::string>> kOthers{
      // Open, as the product says.
      {"POST /api/v1/orgs/{org}/leave", {204, ""}},
      {"DELETE /api/v1/orgs/{org}", {202, ""}},
      // It cancelled the offer.
      {"POST /api/v1/orgs/{org}/ownership-offers/{offer}/accept", {409, "offer_closed"}},
      {"POST /api/v1/orgs/{org}/ownership-offers/{offer}/decline", {409, "offer_closed"}},
      // It revoked the invitation; its link is as one that never was.
      {"POST /api/v1/invitations/accept", {404, "not_found"}},
      {"POST /api/v1/invitations/decline", {404, "not_found"}},
      {"POST /api/v1/invitations/ask", {404, "not_found"}},
      // What is being deleted is not suspended any more.
      {"POST /api/v1/orgs/{org}/restore", {200, ""}},
      // From above it.
      {"PUT /api/v1/platform/orgs/{org}/subscription", {200, ""}},
      {"PUT /api/v1/platform/orgs/{org}/owner", {200, ""}},
      {"PUT /api/v1/platform/orgs/{org}/suspension", {200, ""}},
      {"DELETE /api/v1/platform/orgs/{org}/suspension", {200, ""}},
  };
  return kOthers;
}

}  // namespace

TEST_CASE("every write in a suspended organization is answered with that, but for a few") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    int held_up = 0;
    std::set<std::string> met;
    for (const WriteRoute& route : writes_of(server)) {
      CAPTURE(route.name);
      const Prepared ready = prepared(server, route.name);
      if (!ready.owner) continue;
      const int suspended = suspend(server, ready.org).status;
      CHECK(suspended == (route.name.ends_with("/restore") ? 409 : 200));
      const Reply reply = ready.send();
      CAPTURE(reply.body);
      if (const auto other = others().find(route.name); other != others().end()) {
        met.insert(route.name);
        CHECK(reply.status == other->second.first);
        if (reply.status >= 400) CHECK(reply.json().text("code") == other->second.second);
        continue;
      }
      CHECK(reply.status == 403);
      CHECK(reply.json().text("code") == "org_suspended");
      CHECK(reply.body.find("suspended: The last invoices are open. ") != std::string::npos);
      ++held_up;
    }
    CHECK(met.size() == others().size());
    CHECK(held_up >= 25);
  });
}

TEST_CASE("a suspension takes the pods, keeps what is wanted, and gives all of it back") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    ann.deploy("web", Json::object({{"replicas", 2}}));
    ann.wait_for("web", "Ready");
    const std::string etag = ann.get(ann.deployment_path("web")).header("etag").value_or("");
    const std::int64_t cpu = ann.used("cpu.max");
    const Json before = ann.get(ann.org_path()).json();
    CHECK(before.at("suspension").is_null());

    const Reply done = suspend(server, ann.org);
    REQUIRE(done.status == 200);
    CHECK(done.json().text("state") == "suspended");
    const Json web = ann.wait_for("web", "Stopped");
    CHECK(web.text("reason") == "Suspended");
    CHECK(web.integer_or(-1, "replicas") == 2);
    CHECK(ann.get(ann.deployment_path("web")).header("etag") == etag);
    CHECK(ann.used("cpu.max") == cpu);
    CHECK(ann.used("deployments.max") == 1);
    const Json org = ann.get(ann.org_path()).json();
    CHECK(org.text("state") == "suspended");
    CHECK(org.text("suspension", "reason") == "The last invoices are open");
    for (const Json& action : org.at("allowed_actions").as_array()) {
      const std::string& name = action.as_string();
      CAPTURE(name);
      CHECK((name.ends_with(":read") || name == "teams:list" || name == "org:export" ||
             name == "org:delete" || name == "billing:manage"));
    }

    REQUIRE(lift(server, ann.org).status == 200);
    CHECK(ann.wait_for("web", "Ready").at("services").at("web").integer_or(0, "ready") == 2);
    const Json after = ann.get(ann.org_path()).json();
    CHECK(after.at("allowed_actions") == before.at("allowed_actions"));
    CHECK(after.text("state") == "active");
    CHECK(ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 1}})).status == 200);
  });
}

TEST_CASE("a suspension closes the organization's namespaces to pods, and nobody else's") {
  SystemClock time;
  runtime::LoopGroup loops{1};
  kube::simulated::SimulatedCluster cluster{time};
  ServerOptions options;
  options.cluster = &cluster;
  Server server(options);
  cluster.start(loops.at(0));
  Person ann = server.somebody("Ann"), bob = server.somebody("Bob");
  std::map<std::string, std::string> before;
  for (Person* who : {&ann, &bob}) {
    who->deploy("web");
    const Json web = who->wait_for("web", "Ready");
    before.emplace(web.text("namespace"), "");
  }
  REQUIRE(before.size() == 2);
  const auto pods = [&](const std::string& ns) {
    const auto quota = cluster.get({kube::kinds::kResourceQuota, ns, "quota"});
    REQUIRE(quota);
    return std::string(quota->at("spec", "hard").text("pods"));
  };
  for (auto& [ns, allowed] : before) CHECK((allowed = pods(ns)) != "0");
  const std::string anns(ann.get(ann.deployment_path("web")).json().text("namespace"));
  const auto becomes = [&](const std::string& wanted) {
    const Time end = time.monotonic() + seconds(60);
    // The way there is made by others; asking takes its time.
    while (pods(anns) != wanted && time.monotonic() < end) (void)ann.get(ann.org_path());
    return pods(anns) == wanted;
  };
  REQUIRE(suspend(server, ann.org).status == 200);
  CHECK(becomes("0"));
  REQUIRE(lift(server, ann.org).status == 200);
  CHECK(becomes(before.at(anns)));
  ann.wait_for("web", "Ready");
  for (const auto& [ns, allowed] : before) CHECK(pods(ns) == allowed);
}

TEST_CASE("a suspension revokes what is pending, cancels an offer, and is told in the chain") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    const Person bob = server.colleague(ann, "Bob");
    invited(server, ann, "carol@example.com");
    REQUIRE(
        ann.post(ann.org_path() + "/ownership-offers", Json::object({{"user", bob.id}})).status ==
        201);
    const std::int64_t seats = ann.used("members.max");
    REQUIRE(suspend(server, ann.org).status == 200);
    const Json invitations = ann.get(ann.org_path() + "/invitations?state=revoked").json();
    REQUIRE(invitations.at("items").as_array().size() == 1);
    CHECK(invitations.at("items").as_array()[0].text("reason") == "organization_suspended");
    CHECK(ann.used("members.max") == seats - 1);
    const Json offers = ann.get(ann.org_path() + "/ownership-offers").json();
    CHECK(offers.at("items").as_array().at(0).text("state") == "cancelled");
    // What would be refused is offered to nobody.
    for (const std::string_view list : {"/members", "/teams/default/members", "/invitations"}) {
      const Json shown = ann.get(ann.org_path() + std::string(list)).json();
      for (const Json& one : shown.at("items").as_array())
        CHECK(one.at("allowed_actions").as_array().empty());
    }
    // Done again it is done once; with another reason that alone changes.
    const auto rows = rows_of(raw, ann.org_id);
    CHECK(count(rows, "|orgs:suspend|done|organization|" + ann.org_id + "|") == 1);
    CHECK(suspend(server, ann.org).status == 200);
    CHECK(rows_of(raw, ann.org_id) == rows);
    const Json since = ann.get(ann.org_path()).json().at("suspension", "since");
    REQUIRE(server.administrator()
                .put(suspension_of(ann.org), Json::object({{"reason", "Another."}}))
                .status == 200);
    CHECK(ann.get(ann.org_path()).json().at("suspension") ==
          Json::object({{"reason", "Another."}, {"since", since}}));
    REQUIRE(lift(server, ann.org).status == 200);
    CHECK(lift(server, ann.org).status == 200);
    CHECK(count(rows_of(raw, ann.org_id), "|orgs:suspend|done|") == 3);
    for (const std::string& row : rows_of(raw, ann.org_id))
      CHECK(row.find("invoices") == std::string::npos);
  });
}

TEST_CASE("a suspension has a reason and comes from above, and what is deleted gets none") {
  Server server;
  Person ann = server.somebody("Ann");
  for (const char* reason : {"", "   "})
    CHECK(server.administrator()
              .put(suspension_of(ann.org), Json::object({{"reason", reason}}))
              .status == 422);
  CHECK(suspend(server, "no-such").status == 404);
  Person bob = server.somebody("Bob");
  CHECK(bob.put(suspension_of(ann.org), why()).status == 404);
  CHECK(ann.del(suspension_of(ann.org)).status == 404);
  REQUIRE(ann.call({"DELETE",
                    ann.org_path(),
                    {{"Content-Type", "application/json"}},
                    R"({"name":"Ann"})"})
              .status == 202);
  CHECK(suspend(server, ann.org).status == 409);
  CHECK(lift(server, ann.org).status == 409);
}

TEST_CASE("the owner of an organization is written to when it is suspended and when it is not") {
  Server server({.settings = mailing_settings("open")});
  Person ann = server.somebody("Ann");
  REQUIRE(suspend(server, ann.org).status == 200);
  CHECK(mail_to(server, ann.email).kind == "organization_suspended");
  REQUIRE(lift(server, ann.org).status == 200);
  CHECK(mail_to(server, ann.email).kind == "organization_resumed");
}
