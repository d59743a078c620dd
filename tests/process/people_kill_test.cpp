// kill -9 in the middle of what changes people. A gate in the database keeps the server's
// transaction at one step until the process is dead.
#include <array>
#include <stdexcept>
#include <thread>
#include <utility>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "domain/people/invitation_token.hpp"
#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

struct Step {
  const char* table;
  const char* event;
};

// Stands behind a step from where it is made until it is opened.
class Gate {
 public:
  Gate(Installation& world, const Step& step) : world_(world) {
    if (world.kind() == Installation::Kind::postgres) {
      world.execute(fmt::format(
          "CREATE TABLE gate (shut BIGINT); INSERT INTO gate VALUES (1); "
          "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ "
          "BEGIN WHILE EXISTS (SELECT FROM gate) LOOP PERFORM pg_sleep(0.01); END LOOP; "
          "RETURN NULL; END $$; "
          "CREATE TRIGGER gate AFTER {} ON {} FOR EACH ROW EXECUTE FUNCTION wait_at_gate()",
          step.event, step.table));
    } else {
      // Whoever counts these is busy for longer than any test.
      world.execute(fmt::format(
          "CREATE TABLE gate (n INTEGER); INSERT INTO gate WITH RECURSIVE s (n) AS (SELECT 1 UNION "
          "ALL SELECT n + 1 FROM s WHERE n < 1000) SELECT n FROM s; CREATE TRIGGER at_gate AFTER "
          "{} ON {} BEGIN SELECT COUNT(*) FROM gate AS a, gate AS b, gate AS c, gate AS d "
          "WHERE a.n + b.n + c.n + d.n < 0; END",
          step.event, step.table));
    }
  }

  bool reached() const {
    if (world_.kind() == Installation::Kind::postgres)
      return world_.query(
                 "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "wait_event = 'PgSleep'") == "1";
    // Nothing else keeps the writer for as long as these take.
    for (int i = 0; i < 50; ++i) try {
        world_.execute("PRAGMA busy_timeout = 1; BEGIN IMMEDIATE; ROLLBACK");
        return false;
      } catch (const std::runtime_error&) {
      }
    return true;
  }

  // After the kill: what PostgreSQL still ran for the dead comes to its end, and nothing is left.
  void open() const {
    if (world_.kind() == Installation::Kind::postgres) world_.execute("DELETE FROM gate");
    REQUIRE(eventually(seconds(30), [&] { return world_.connections() == 0; }));
    world_.execute(world_.kind() == Installation::Kind::postgres
                       ? "SET client_min_messages = warning; DROP FUNCTION wait_at_gate CASCADE; "
                         "DROP TABLE gate"
                       : "DROP TRIGGER at_gate; DROP TABLE gate");
  }

 private:
  Installation& world_;
};

// Ann owns; Ben and Cleo are members with a role in the team.
struct Estate {
  explicit Estate(Installation& installation) : world(installation) {
    server = world.start();
    for (Person* who : {&ann, &ben, &cleo}) who->at(server->port());
    REQUIRE(ann.sign_up("ann@example.com").status == 201);
    REQUIRE(ben.sign_up("ben@example.com").status == 201);
    REQUIRE(cleo.sign_up("cleo@example.com").status == 201);
    org = ann.org();
    org_id = ann.org_id();
    execute("UPDATE subscriptions SET plan_key = 'enterprise' WHERE org_id = '{}'");
    for (const Person* who : {&ben, &cleo}) {
      execute(
          "INSERT INTO org_members (client_id, org_id, user_id, role, created_at) SELECT "
          "o.client_id, o.id, '" +
          id_of(*who) + "', 'org_member', 1 FROM organizations AS o WHERE o.id = '{}'");
      world.execute("UPDATE users SET authz_version = authz_version + 1 WHERE id = '" +
                    id_of(*who) + "'");
      execute("UPDATE org_usage SET members = members + 1 WHERE org_id = '{}'");
      join_team(*who);
    }
  }

  void execute(const std::string& sql) const {
    world.execute(fmt::format(fmt::runtime(sql), org_id));
  }
  std::string count(const std::string& what) const {
    return world.query(fmt::format(fmt::runtime("SELECT COUNT(*) FROM " + what), org_id));
  }
  static std::string id_of(const Person& who) {
    return std::string(who.get("/me").json().text("user", "id"));
  }
  std::string member(const Person& who) const { return org + "/members/" + id_of(who); }
  void join_team(const Person& who) const {
    REQUIRE(ann.send("PUT", org + "/teams/default/members/" + id_of(who),
                     Json::object({{"role", "developer"}}))
                .status == 200);
  }
  std::string offer(const Person& from, const Person& to) const {
    const Answer made = from.post(org + "/ownership-offers", Json::object({{"user", id_of(to)}}));
    INFO(made.body);
    REQUIRE(made.status == 201);
    return org + "/ownership-offers/" + std::string(made.json().text("id"));
  }

  // Asks the person into the team, and gives them a token that the test knows.
  std::string invite(const std::string& email) const {
    const Json team = Json::object({{"team", "default"}, {"role", "developer"}});
    const Json one = Json::object({{"email", email}, {"teams", Json::array({team})}});
    const Answer asked =
        ann.post(org + "/invitations", Json::object({{"invitations", Json::array({one})}}));
    INFO(asked.body);
    REQUIRE(asked.status == 200);
    REQUIRE(asked.json().at("results").as_array().at(0).text("result") == "invited");
    SystemRandom random;
    const InvitationToken token = InvitationToken::make(*OrgId::parse(org_id), random);
    execute("UPDATE invitations SET token_hash = '" + token.hash() +
            "' WHERE org_id = '{}' AND email = '" + email + "'");
    return token.text();
  }
  std::string invitation(const std::string& email) const {
    return world.query("SELECT state FROM invitations WHERE org_id = '" + org_id +
                       "' AND email = '" + email + "'");
  }

  // The server dies at the step while it does that; the next one has come up when this returns.
  void kill_at(const Step& step, const Person& who, const std::string& method,
               const std::string& path, const Json& body = {}) {
    const Gate gate(world, step);
    Answer answer;
    std::thread request([&] { answer = who.send(method, path, body); });
    const bool reached = eventually(seconds(20), [&] { return gate.reached(); });
    server->kill9();
    request.join();
    CHECK_MESSAGE(reached, step.event << " on " << step.table << " is no step of " << method << " "
                                      << path << ": " << answer.status << " " << answer.body);
    CHECK(answer.status == 0);
    gate.open();
    server = world.start();
    for (Person* one : {&ann, &ben, &cleo}) one->at(server->port());
  }

  // What holds at every moment, whoever is in the organization and owns it.
  void check_whole() const {
    CHECK(count("org_members WHERE org_id = '{}' AND role = 'org_owner'") == "1");
    // Who was asked holds a seat.
    const int seats = std::stoi(count("org_members WHERE org_id = '{}'")) +
                      std::stoi(count("invitations WHERE org_id = '{}' AND state = 'pending'"));
    CHECK(std::to_string(seats) ==
          world.query(fmt::format("SELECT members FROM org_usage WHERE org_id = '{}'", org_id)));
    CHECK(count("org_members AS m WHERE m.org_id = '{}' AND NOT EXISTS (SELECT 1 FROM users AS u "
                "WHERE u.id = m.user_id)") == "0");
    CHECK(count("invitations AS i WHERE i.org_id = '{}' AND i.state = 'accepted' AND NOT EXISTS "
                "(SELECT 1 FROM team_members AS t WHERE t.org_id = i.org_id AND t.user_id = "
                "i.answered_by)") == "0");
    // No right without a membership, nobody in and gone at once.
    CHECK(count("team_members AS t WHERE t.org_id = '{}' AND NOT EXISTS (SELECT 1 FROM org_members "
                "AS m WHERE m.org_id = t.org_id AND m.user_id = t.user_id)") == "0");
    CHECK(count("former_members AS f WHERE f.org_id = '{}' AND EXISTS (SELECT 1 FROM org_members "
                "AS m WHERE m.org_id = f.org_id AND m.user_id = f.user_id)") == "0");
    // An open offer is the owner's, and to a member.
    CHECK(count("ownership_offers AS o WHERE o.org_id = '{}' AND o.state = 'open' AND NOT (EXISTS "
                "(SELECT 1 FROM org_members AS m WHERE m.org_id = o.org_id AND m.user_id = "
                "o.from_user AND m.role = 'org_owner') AND EXISTS (SELECT 1 FROM org_members AS m "
                "WHERE m.org_id = o.org_id AND m.user_id = o.to_user))") == "0");
  }
  std::string mails(const std::string& kind) const {
    return count("mails WHERE org_id = '{}' AND kind = '" + kind + "'");
  }
  std::string audited() const { return count("audit WHERE org_id = '{}'"); }

  Installation& world;
  std::unique_ptr<Server> server;
  Person ann{0}, ben{0}, cleo{0};
  std::string org, org_id;
};

constexpr std::array kRemoval = {
    Step{"org_usage", "UPDATE"},      Step{"org_members", "UPDATE"},
    Step{"users", "UPDATE"},          Step{"ownership_offers", "UPDATE"},
    Step{"former_members", "INSERT"}, Step{"org_members", "DELETE"},
    Step{"team_members", "DELETE"},   Step{"mails", "INSERT"},
    Step{"organizations", "UPDATE"},  Step{"audit", "INSERT"},
    Step{"feed", "INSERT"},
};

constexpr std::array kTransfer = {
    Step{"org_usage", "UPDATE"},     Step{"ownership_offers", "UPDATE"},
    Step{"org_members", "UPDATE"},   Step{"users", "UPDATE"},
    Step{"organizations", "UPDATE"}, Step{"audit", "INSERT"},
    Step{"feed", "INSERT"},          Step{"mails", "INSERT"},
};

// By who is signed in; and what comes before that of who makes the account by the link.
constexpr std::array kAccept = {
    Step{"org_usage", "UPDATE"},     Step{"org_members", "INSERT"}, Step{"team_members", "INSERT"},
    Step{"users", "UPDATE"},         Step{"audit", "INSERT"},       Step{"feed", "INSERT"},
    Step{"organizations", "UPDATE"}, Step{"invitations", "UPDATE"}, Step{"mails", "INSERT"},
    Step{"client_audit", "INSERT"},
};
constexpr std::array kSignUp = {
    Step{"users", "INSERT"},       Step{"sessions", "INSERT"},     Step{"login_networks", "INSERT"},
    Step{"org_members", "INSERT"}, Step{"client_audit", "INSERT"},
};

}  // namespace

TEST_CASE("kill -9 at any step of a removal leaves the member whole, and the removal to be done") {
  on_both_engines([](Installation& world) {
    Estate estate(world);
    const std::string ben = estate.member(estate.ben);
    for (const Step& step : kRemoval) {
      CAPTURE(step.table);
      CAPTURE(step.event);
      const std::string offer = estate.offer(estate.ann, estate.ben);
      const std::string mails = estate.mails("member_removed"), audited = estate.audited();
      estate.kill_at(step, estate.ann, "DELETE", ben);
      estate.check_whole();
      CHECK(estate.ben.get(estate.org).status == 200);
      CHECK(estate.ben.get(estate.ann.deployments()).status == 200);
      CHECK(estate.ben.get(estate.org + "/ownership-offers")
                .json()
                .at("items")
                .as_array()
                .back()
                .text("state") == "open");
      CHECK(estate.mails("member_removed") == mails);
      CHECK(estate.audited() == audited);

      REQUIRE(estate.ann.send("DELETE", ben).status == 204);
      estate.check_whole();
      CHECK(estate.ben.get(estate.org).status == 404);
      CHECK(estate.mails("member_removed") == std::to_string(std::stoi(mails) + 1));
      REQUIRE(estate.ann.post(ben + "/reinstate", Json()).status == 200);
      CHECK(estate.ben.get(estate.ann.deployments()).status == 200);
      CHECK(estate.ben.post(offer + "/accept", Json()).code() == "offer_closed");
      estate.check_whole();
    }
  });
}

TEST_CASE("kill -9 at any step of a transfer of ownership leaves the one owner there was") {
  on_both_engines([](Installation& world) {
    Estate estate(world);
    Person* owner = &estate.ann;
    Person* heir = &estate.cleo;
    const auto role_of = [&](const Person& who) {
      return std::string(who.get(estate.org).json().text("role"));
    };
    for (const Step& step : kTransfer) {
      CAPTURE(step.table);
      CAPTURE(step.event);
      const std::string offer = estate.offer(*owner, *heir);
      const std::string before = role_of(*heir);
      const std::string mails = estate.mails("ownership_transferred"), audited = estate.audited();
      estate.kill_at(step, *heir, "POST", offer + "/accept");
      estate.check_whole();
      CHECK(role_of(*owner) == "org_owner");
      CHECK(role_of(*heir) == before);
      CHECK(estate.mails("ownership_transferred") == mails);
      CHECK(estate.audited() == audited);

      REQUIRE(heir->post(offer + "/accept", Json()).status == 200);
      estate.check_whole();
      CHECK(role_of(*owner) == "org_admin");
      CHECK(role_of(*heir) == "org_owner");
      CHECK(estate.mails("ownership_transferred") == std::to_string(std::stoi(mails) + 2));
      std::swap(owner, heir);
    }
  });
}

TEST_CASE("kill -9 at any step of accepting leaves who was asked outside, and the link good") {
  on_both_engines([](Installation& world) {
    Estate estate(world);
    int number = 0;
    for (const Step& step : kAccept) {
      CAPTURE(step.table);
      CAPTURE(step.event);
      const std::string email = fmt::format("guest{}@example.com", ++number);
      Person guest(estate.server->port());
      REQUIRE(guest.sign_up(email).status == 201);
      const Json token = Json::object({{"token", estate.invite(email)}});
      const std::string mails = estate.mails("invitation_accepted"), audited = estate.audited();
      estate.kill_at(step, guest, "POST", "/invitations/accept", token);
      guest.at(estate.server->port());
      estate.check_whole();
      CHECK(estate.invitation(email) == "pending");
      CHECK(guest.get(estate.org).status == 404);
      CHECK(estate.mails("invitation_accepted") == mails);
      CHECK(estate.audited() == audited);

      REQUIRE(guest.post("/invitations/accept", token).status == 200);
      estate.check_whole();
      CHECK(estate.invitation(email) == "accepted");
      CHECK(guest.get(estate.ann.deployments()).status == 200);
      CHECK(estate.mails("invitation_accepted") == std::to_string(std::stoi(mails) + 1));
    }
  });
}

TEST_CASE("kill -9 at any step of a sign-up by a link leaves no account, and the link good") {
  on_both_engines([](Installation& world) {
    Estate estate(world);
    int number = 0;
    for (const Step& step : kSignUp) {
      CAPTURE(step.table);
      CAPTURE(step.event);
      const std::string email = fmt::format("guest{}@example.com", ++number);
      const std::string token = estate.invite(email);
      Person guest(estate.server->port());
      const std::string people = world.query("SELECT COUNT(*) FROM users"),
                        sessions = world.query("SELECT COUNT(*) FROM sessions"),
                        audited = estate.audited();
      estate.kill_at(step, guest, "POST", "/auth/signup",
                     Json::object({{"email", email},
                                   {"password", Person::kPassword},
                                   {"name", "Guest"},
                                   {"invitation", token}}));
      guest.at(estate.server->port());
      estate.check_whole();
      CHECK(estate.invitation(email) == "pending");
      CHECK(world.query("SELECT COUNT(*) FROM users") == people);
      CHECK(world.query("SELECT COUNT(*) FROM sessions") == sessions);
      CHECK(estate.audited() == audited);

      REQUIRE(guest.join(email, token).status == 201);
      estate.check_whole();
      CHECK(estate.invitation(email) == "accepted");
      CHECK(guest.get(estate.ann.deployments()).status == 200);
    }
    // Nobody of them has an organization of their own.
    CHECK(world.query("SELECT COUNT(*) FROM organizations") == "3");
  });
}
