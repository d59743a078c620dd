#include <doctest/doctest.h>

#include "tests/api/mailbox.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Ann owns, Abe administers, Max is a member.
struct Estate {
  Server server;
  Person ann = server.somebody("Ann");
  Person abe = server.nobody(), max = abe;
  Estate() {
    server.raise(ann, "business");
    abe = server.colleague(ann, "Abe", "org_admin");
    max = server.colleague(ann, "Max");
  }
  std::string offers(const std::string& id = {}, const std::string& act = {}) const {
    return ann.org_path() + "/ownership-offers" + (id.empty() ? "" : "/" + id + "/" + act);
  }
  Reply offer(const Person& to) { return ann.post(offers(), Json::object({{"user", to.id}})); }
  std::string made(const Person& to) {
    const Reply reply = offer(to);
    REQUIRE(reply.status == 201);
    return std::string(reply.json().text("id"));
  }
  std::string role_of(const Person& who) {
    for (Person* by : {&ann, &abe}) {
      const Reply reply = by->get(ann.org_path() + "/members/" + who.id);
      if (reply.status == 200) return std::string(reply.json().text("org_role"));
    }
    return "";
  }
  static std::string code(const Reply& reply) { return std::string(reply.json().text("code")); }
};

}  // namespace

TEST_CASE_FIXTURE(Estate,
                  "an open offer says who may end it or answer it, and a settled one nobody") {
  const std::string id = made(max);
  const auto shown = [&](Person& to) {
    return to.get(offers()).json().at("items").as_array().at(0).at("allowed_actions").dump();
  };
  const std::string may = R"(["org:transfer"])";
  CHECK(shown(ann) == may);
  CHECK(shown(max) == may);
  CHECK(shown(abe) == "[]");
  REQUIRE(max.poke(offers(id, "decline")).status == 200);
  for (Person* one : {&ann, &max, &abe}) CHECK(shown(*one) == "[]");
}

TEST_CASE_FIXTURE(Estate, "ownership passes when the other person accepts, in one moment") {
  const std::string id = made(max);
  // Nothing has changed yet.
  CHECK(role_of(ann) == "org_owner");
  CHECK(role_of(max) == "org_member");
  const Reply accepted = max.poke(offers(id, "accept"));
  REQUIRE(accepted.status == 200);
  CHECK(accepted.json().text("state") == "accepted");
  CHECK(role_of(max) == "org_owner");
  CHECK(role_of(ann) == "org_admin");
  // From the next request on.
  CHECK(max.get(ann.org_path()).json().text("role") == "org_owner");
  CHECK(ann.post(offers(), Json::object({{"user", abe.id}})).status == 403);
  CHECK(max.patch(ann.org_path() + "/members/" + ann.id, Json::object({{"org_role", "org_member"}}))
            .status == 200);
  // Once more is the same answer.
  CHECK(max.poke(offers(id, "accept")).json() == accepted.json());
  CHECK(max.get(offers()).json().at("items").as_array().size() == 1);
}

TEST_CASE_FIXTURE(Estate, "only the owner offers, and only to a member") {
  for (Person* who : {&abe, &max}) {
    const Reply refused = who->post(offers(), Json::object({{"user", who->id}}));
    CHECK(refused.status == 403);
    CHECK(refused.json().text("action") == "org:transfer");
  }
  Person eve = server.somebody("Eve");
  Json first;
  for (const std::string& who : {eve.id, eve.email, std::string("nobody@example.com")}) {
    const Reply refused = ann.post(offers(), Json::object({{"user", who}}));
    CHECK(refused.status == 422);
    if (first.is_null()) first = refused.json_without_trace();
    CHECK(refused.json_without_trace() == first);
  }
  for (const Json& body : {Json::object({{"user", ann.id}}), Json::object({{"user", "x"}}),
                           Json::object({{"user", Json::array({max.id})}}), Json::object(),
                           Json::object({{"user", max.id}, {"role", "org_owner"}})})
    CHECK(ann.post(offers(), body).status == 422);
  CHECK(ann.post(offers(), Json::object({{"user", max.email}})).status == 201);
}

TEST_CASE_FIXTURE(Estate, "one offer is open at a time, and who has it alone can accept it") {
  const std::string id = made(max);
  CHECK(code(offer(abe)) == "offer_open");
  CHECK(code(offer(max)) == "offer_open");
  Person eve = server.somebody("Eve");
  for (Person* who : {&ann, &abe, &eve})
    for (const char* act : {"accept", "decline"}) CHECK(who->poke(offers(id, act)).status == 404);
  for (const char* act : {"accept", "decline", "cancel"})
    CHECK(ann.poke(offers("01939f6e-4a00-7000-8000-000000000002", act)).status == 404);
  CHECK(max.poke(offers(id, "cancel")).status == 403);
  CHECK(abe.poke(offers(id, "cancel")).status == 403);
  // Whom it concerns.
  CHECK(abe.get(offers()).json().at("items").as_array().size() == 1);
  CHECK(max.get(offers()).json().at("items").as_array().size() == 1);
  Person other = server.colleague(ann, "Other");
  CHECK(other.get(offers()).json().at("items").as_array().empty());
  CHECK(role_of(ann) == "org_owner");
}

TEST_CASE_FIXTURE(Estate,
                  "an offer that was declined, cancelled or taken back is closed for good") {
  const std::string declined = made(max);
  CHECK(max.poke(offers(declined, "decline")).json().text("state") == "declined");
  CHECK(max.poke(offers(declined, "decline")).status == 200);
  const std::string cancelled = made(max);
  CHECK(ann.poke(offers(cancelled, "cancel")).json().text("state") == "cancelled");
  CHECK(ann.poke(offers(cancelled, "cancel")).status == 200);
  for (const std::string& id : {declined, cancelled})
    CHECK(code(max.poke(offers(id, "accept"))) == "offer_closed");
  CHECK(code(ann.poke(offers(declined, "cancel"))) == "offer_closed");
  CHECK(code(max.poke(offers(cancelled, "decline"))) == "offer_closed");
  // The removal of who has it cancels it, and is told before.
  const std::string lost = made(max);
  bool told = false;
  for (const Json& effect :
       ann.get(ann.org_path() + "/members/" + max.id + "/removal").json().at("effects").as_array())
    if (effect.text("thing") == "ownership_offers")
      told = effect.text("outcome") == "cancelled" && effect.integer_or(0, "count") == 1;
  CHECK(told);
  REQUIRE(ann.del(ann.org_path() + "/members/" + max.id).status == 204);
  CHECK(max.poke(offers(lost, "accept")).status == 404);
  REQUIRE(ann.poke(ann.org_path() + "/members/" + max.id + "/reinstate").status == 200);
  CHECK(code(max.poke(offers(lost, "accept"))) == "offer_closed");
  CHECK(role_of(ann) == "org_owner");
}

TEST_CASE_FIXTURE(Estate, "who comes too late for an offer is told what became of it, and when") {
  const auto detail = [](const Reply& reply) {
    CHECK(reply.status == 409);
    CHECK(code(reply) == "offer_closed");
    return std::string(reply.json().text("detail"));
  };
  // "2026-01-02T03:04:05Z" as it is said.
  const auto on = [](const Reply& reply, const char* field) {
    const std::string at(reply.json().text(field));
    return " on " + at.substr(0, 10) + " at " + at.substr(11, 5) + " UTC";
  };
  const std::string declined = made(max);
  const Reply no = max.poke(offers(declined, "decline"));
  for (const Reply& late :
       {max.poke(offers(declined, "accept")), ann.poke(offers(declined, "cancel"))})
    CHECK(detail(late) == "The offer was declined" + on(no, "settled_at") + ".");
  const std::string withdrawn = made(max);
  const Reply back = ann.poke(offers(withdrawn, "cancel"));
  for (const char* act : {"accept", "decline"})
    CHECK(detail(max.poke(offers(withdrawn, act))) ==
          "The offer was withdrawn" + on(back, "settled_at") + ".");
  const std::string accepted = made(max);
  const Reply yes = max.poke(offers(accepted, "accept"));
  REQUIRE(yes.status == 200);
  CHECK(detail(max.poke(offers(accepted, "decline"))) ==
        "The offer was accepted" + on(yes, "settled_at") + ".");
  // An offer of the owner of now.
  const Reply open = max.post(offers(), Json::object({{"user", ann.id}}));
  REQUIRE(open.status == 201);
  const std::string expired(open.json().text("id"));
  server.execute("UPDATE ownership_offers SET expires_at = 1000000 WHERE state = 'open'");
  CHECK(detail(ann.poke(offers(expired, "accept"))) ==
        "The offer expired on 1970-01-01 at 00:00 UTC.");
}

TEST_CASE_FIXTURE(Estate,
                  "a cancelled offer says whether the owner took it back or what ended it") {
  const auto told = [&](const std::string& id) {
    std::string reason;
    for (const Json& one : ann.get(offers()).json().at("items").as_array())
      if (one.text("id") == id) reason = one.at("reason").dump();
    const Reply log = ann.get(ann.org_path() + "/audit?target_id=" + id);
    CHECK(log.json().at("items").as_array().at(0).text("detail", "state") == "cancelled");
    CHECK(log.json().at("items").as_array().at(0).at("detail", "reason").dump() == reason);
    return reason;
  };
  const std::string taken_back = made(max);
  CHECK(ann.get(offers()).json().at("items").as_array().at(0).at("reason").is_null());
  CHECK(ann.poke(offers(taken_back, "cancel")).json().text("reason") == "by_hand");
  CHECK(told(taken_back) == "\"by_hand\"");
  const std::string removed = made(max);
  REQUIRE(ann.del(ann.org_path() + "/members/" + max.id).status == 204);
  CHECK(told(removed) == "\"recipient_removed\"");
  REQUIRE(ann.poke(ann.org_path() + "/members/" + max.id + "/reinstate").status == 200);
  CHECK(max.poke(offers(removed, "accept")).json().text("detail").find("was removed") !=
        std::string::npos);
  const std::string left = made(abe);
  REQUIRE(abe.poke(ann.org_path() + "/leave").status == 204);
  CHECK(told(left) == "\"recipient_left\"");
  const std::string ended = made(max);
  const Json name = Json::object({{"name", ann.get(ann.org_path()).json().at("name")}});
  REQUIRE(ann.call({"DELETE", ann.org_path(), {{"Content-Type", "application/json"}}, name.dump()})
              .status == 202);
  REQUIRE(ann.poke(ann.org_path() + "/restore").status == 200);
  CHECK(told(ended) == "\"organization_deleted\"");
  Person root = server.administrator();
  const std::string suspended = made(max);
  const std::string suspension = "/api/v1/platform/orgs/" + ann.org + "/suspension";
  REQUIRE(root.put(suspension, Json::object({{"reason", "Bills."}})).status == 200);
  CHECK(told(suspended) == "\"organization_suspended\"");
}

TEST_CASE_FIXTURE(Estate, "nobody is given a second organization on the free plan") {
  const std::string id = made(max);
  server.raise(ann, "free");
  const Reply refused = max.poke(offers(id, "accept"));
  CHECK(refused.status == 403);
  CHECK(refused.json().text("feature") == "free_orgs.max");
  CHECK(role_of(ann) == "org_owner");
  CHECK(role_of(max) == "org_member");
  // On a plan that is not free it is no matter what else they own.
  server.raise(ann, "business");
  CHECK(max.poke(offers(id, "accept")).status == 200);
}

TEST_CASE_FIXTURE(Estate, "an owner is appointed only where there is none who can act") {
  Person root = server.administrator();
  const std::string path = "/api/v1/platform/orgs/" + ann.org + "/owner";
  const auto body = [&](const std::string& user) {
    return Json::object({{"user", user}, {"reason", "The account was closed."}});
  };
  CHECK(code(root.put(path, body(max.id))) == "not_orphaned");
  server.execute(
      "UPDATE users SET state = 'disabled', authz_version = authz_version + 1 "
      "WHERE id = '" +
      ann.id + "'");
  CHECK(ann.get(ann.org_path()).status == 401);
  CHECK(root.put(path, body("nobody@example.com")).status == 422);
  CHECK(root.put(path, body(ann.id)).status == 422);
  CHECK(root.put(path, Json::object({{"user", max.id}})).status == 422);
  CHECK(root.put(path, Json::object({{"user", max.id}, {"reason", " "}})).status == 422);
  CHECK(abe.put(path, body(abe.id)).status == 404);
  CHECK(root.put("/api/v1/platform/orgs/no-such/owner", body(max.id)).status == 404);
  // Anybody can have signed up under an address, and nothing tells such an account from none.
  server.execute("UPDATE users SET email_proved_at = 0 WHERE id = '" + max.id + "'");
  const Reply unproved = root.put(path, body(max.email));
  CHECK(unproved.status == 422);
  CHECK(unproved.json().at("errors") ==
        root.put(path, body("nobody@example.com")).json().at("errors"));
  server.execute("UPDATE users SET email_proved_at = 1 WHERE id = '" + max.id + "'");
  CHECK(root.put(path, body(max.email)).status == 200);
  CHECK(role_of(max) == "org_owner");
  CHECK(role_of(ann) == "org_admin");
  CHECK(max.get(ann.org_path()).json().text("role") == "org_owner");
  CHECK(code(root.put(path, body(abe.id))) == "not_orphaned");

  // Somebody from outside takes a seat.
  server.execute("UPDATE users SET state = 'disabled' WHERE id = '" + max.id + "'");
  Person eve = server.somebody("Eve");
  CHECK(root.put(path, body(eve.id)).status == 200);
  CHECK(eve.get(ann.org_path()).json().text("role") == "org_owner");
  eve.org = ann.org;
  CHECK(eve.used("members.max") == 4);
}

TEST_CASE("both ends of an offer are told once of an end that is not their doing") {
  Server server({mailing_settings("open"), false});
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  Person max = server.colleague(ann, "Max"), abe = server.colleague(ann, "Abe", "org_admin");
  const std::string offers = ann.org_path() + "/ownership-offers";
  const auto made = [&](const Person& to) {
    const Reply reply = ann.post(offers, Json::object({{"user", to.id}}));
    REQUIRE(reply.status == 201);
    return offers + "/" + std::string(reply.json().text("id"));
  };
  const auto told = [&] { return mail_to(server, ann.email).kind; };

  const std::string declined = made(max);
  CHECK(told() == "ownership_offered");
  REQUIRE(max.poke(declined + "/decline").status == 200);
  CHECK(told() == "ownership_declined");
  const int waiting = mails_waiting(server);
  REQUIRE(max.poke(declined + "/decline").status == 200);
  CHECK(mails_waiting(server) == waiting);

  // What the owner does is no news to them; to whom it was made it is, once.
  const std::string withdrawn = made(max);
  CHECK(mail_to(server, max.email).kind == "ownership_offer");
  REQUIRE(ann.poke(withdrawn + "/cancel").status == 200);
  CHECK(told() == "ownership_offered");
  CHECK(mail_to(server, max.email).kind == "ownership_withdrawn");
  const int then = mails_waiting(server);
  REQUIRE(ann.poke(withdrawn + "/cancel").status == 200);
  CHECK(mails_waiting(server) == then);
  made(max);
  REQUIRE(ann.del(ann.org_path() + "/members/" + max.id).status == 204);
  CHECK(told() == "ownership_offered");
  REQUIRE(ann.poke(ann.org_path() + "/members/" + max.id + "/reinstate").status == 200);

  made(max);
  REQUIRE(abe.del(ann.org_path() + "/members/" + max.id).status == 204);
  CHECK(told() == "ownership_ended");
  // Nor is an offer that had run out before.
  made(abe);
  server.execute("UPDATE ownership_offers SET expires_at = 1 WHERE state = 'open'");
  REQUIRE(abe.poke(ann.org_path() + "/leave").status == 204);
  CHECK(told() == "ownership_offered");
}
