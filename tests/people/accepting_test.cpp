// What becomes of an invitation in the hands of who was asked, and of who was not.
#include <deque>
#include <latch>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "app/members.hpp"
#include "app/removal.hpp"
#include "app/teams.hpp"
#include "base/digest.hpp"
#include "tests/people/invitation_house.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;
using Texts = std::vector<std::string>;

void remove_team(InvitationHouse& house, const std::string& slug) {
  REQUIRE(house.world.write(house.ann, house.org,
                            [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                              KS_CHECK(app::remove_team(tx, house.world.stores(), scope, slug, {}));
                              return {};
                            }) == "");
}

// Everything that a person can do to an invitation, by name.
std::vector<std::pair<std::string, std::function<Outcome(InvitationHouse&, const std::string& id,
                                                         const std::string& token)>>>
events() {
  return {
      {"change",
       [](InvitationHouse& h, const std::string& id, const std::string&) {
         return h.change(h.ann, id, {OrgRole::admin, std::nullopt});
       }},
      {"resend", [](InvitationHouse& h, const std::string& id,
                    const std::string&) { return h.resend(h.ann, id); }},
      {"accept", [](InvitationHouse& h, const std::string&,
                    const std::string& token) { return h.accept(h.ben, token); }},
      {"decline", [](InvitationHouse& h, const std::string&,
                     const std::string& token) { return h.decline(h.ben, token); }},
      {"revoke", [](InvitationHouse& h, const std::string& id,
                    const std::string&) { return h.revoke(h.ann, id); }},
      {"expire",
       [](InvitationHouse& h, const std::string&, const std::string&) {
         h.engine().clock().advance(days(7));
         h.world.renew_sessions();
         return Outcome();
       }},
  };
}

}  // namespace

TEST_CASE("every event in every state ends where it should, and nothing leaves a final state") {
  const std::map<std::string, std::string> leads{
      {"change", "pending"},   {"resend", "pending"},         {"accept", "accepted"},
      {"decline", "declined"}, {"revoke", "revoked by_hand"}, {"expire", "expired"}};
  // What each is answered in a final state. Done twice it is done once; what cannot be done is told
  // to who invites, and to who holds the link only that it has expired.
  const auto answer_to = [](const std::string& event, const std::string& before) -> Outcome {
    if (event == before || event == "expire") return "";
    if (event != "accept" && event != "decline") return "invitation_closed";
    return before == "expire" ? "invitation_expired" : "not_found";
  };
  test::for_each_engine([&](EngineCase& engine) {
    InvitationHouse house(engine);
    int pairs = 0;
    for (const auto& [before, into] : events()) {
      for (const auto& [event, act] : events()) {
        CAPTURE(before);
        CAPTURE(event);
        ++pairs;
        // An address is not asked more than a few times a day.
        engine.clock().advance(days(1));
        house.world.renew_sessions();
        if (!house.roles(house.ben).empty())
          REQUIRE(house.world.write(house.ben, house.org, [&](Tx& tx, const TenantScope& scope) {
            return app::leave(tx, house.world.stores(), scope);
          }) == "");
        REQUIRE(house.invite(house.ann, "ben@example.com") == "invited");
        const std::string id = house.last_id;
        engine.clock().advance(minutes(2));
        const std::string mailed = house.token("ben@example.com");
        REQUIRE(into(house, id, mailed) == "");
        const std::string state = house.state(id);
        REQUIRE(state == leads.at(before));
        const bool member = !house.roles(house.ben).empty();
        CHECK(member == (state == "accepted"));
        engine.clock().advance(minutes(2));
        // The one that the person has, though the mail with it may have been taken back since.
        const Outcome outcome =
            act(house, id, house.world.mailed_token("ben@example.com").value_or(mailed));
        if (state == "pending") {
          CHECK(outcome == "");
          CHECK(house.state(id) == leads.at(event));
        } else {
          CHECK(outcome == answer_to(event, before));
          CHECK(house.state(id) == state);
          CHECK(!house.roles(house.ben).empty() == member);
        }
        house.check_whole();
        // Ready for the next.
        if (house.state(id) == "pending") CHECK(house.revoke(house.ann, id) == "");
      }
    }
    CHECK(pairs == 36);
  });
}

TEST_CASE("accepting gives what was asked for, once, and says so to who asked") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "Ben@Example.com",
                       {{"default", TeamRole::developer}, {"blue", TeamRole::admin}},
                       OrgRole::admin) == "invited");
    const std::string id = house.last_id;
    const std::string token = house.token("ben@example.com");
    std::optional<app::LookedUp> found;
    CHECK(house.look_up(house.ben, token, &found) == "");
    REQUIRE(found);
    CHECK(found->state == InvitationState::pending);
    CHECK(found->has_account);
    CHECK(found->org.name == "Acme");
    REQUIRE(found->invitation.parts.size() == 2);
    CHECK(found->invitation.parts[0].description == "");
    CHECK(found->invitation.parts[1].description == "For blue");
    // Opening a link changes nothing.
    CHECK(house.state(id) == "pending");
    CHECK(house.roles(house.ben) == "");

    std::optional<app::Accepted> accepted;
    CHECK(house.accept(house.ben, token, 0, &accepted) == "");
    REQUIRE(accepted);
    CHECK(accepted->added);
    CHECK(accepted->left_out.empty());
    CHECK(house.roles(house.ben) == "org_admin blue=team_admin default=developer");
    CHECK(house.seats() == 2);
    CHECK(house.state(id) == "accepted");
    CHECK(house.seen(house.ann, id).invitation.answered_by == house.ben.id);
    CHECK(house.world.mails() == Texts{"invitation_accepted ann@example.com"});
    // Again: the same, and nothing more.
    CHECK(house.accept(house.ben, token, 0, &accepted) == "");
    CHECK(accepted->id.str() == id);
    CHECK_FALSE(accepted->added);
    CHECK(house.world.mails().size() == 1);
    house.check_whole();
  });
}

TEST_CASE("a link lets nobody in but whom it is for, and says so to nobody else") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const std::string id = house.last_id;
    const std::string token = house.token("ben@example.com");
    CHECK(house.accept(house.cleo, token) == "invitation_for_another");
    CHECK(house.decline(house.cleo, token) == "invitation_for_another");
    CHECK(house.state(id) == "pending");
    CHECK(house.roles(house.cleo) == "");
    CHECK(house.accept(house.ben, token) == "");
    // Used, it is nobody else's business.
    CHECK(house.look_up(house.cleo, token) == "not_found");
    CHECK(house.accept(house.cleo, token) == "not_found");
    CHECK(house.look_up(house.ben, token) == "");
  });
}

TEST_CASE("a link alone declines what is pending, once, and takes nothing back that was answered") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    const std::int64_t before = house.seats();
    CHECK(house.invite(house.ann, "stranger@example.com", {{"blue", TeamRole::viewer}}) ==
          "invited");
    const std::string id = house.last_id;
    const std::string token = house.token("stranger@example.com");
    CHECK(house.seats() == before + 1);
    CHECK(house.decline_by_link(token) == "");
    CHECK(house.state(id) == "declined");
    CHECK(house.seats() == before);
    CHECK(house.world.mails().empty());
    CHECK(house.world.audited("invitation").back().find("declined") != std::string::npos);
    CHECK(house.decline_by_link(token) == "not_found");

    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const std::string bens = house.token("ben@example.com");
    CHECK(house.accept(house.ben, bens) == "");
    CHECK(house.decline_by_link(bens) == "not_found");
    CHECK(house.roles(house.ben) == "org_member");

    CHECK(house.invite(house.ann, "cleo@example.com") == "invited");
    const std::string cleos = house.token("cleo@example.com");
    CHECK(house.resend(house.ann, house.last_id) == "too_many_requests");
    engine.clock().advance(minutes(2));
    CHECK(house.resend(house.ann, house.last_id) == "");
    CHECK(house.decline_by_link(cleos) == "not_found");
    CHECK(house.state(house.last_id) == "pending");
    const std::string fresh = house.token("cleo@example.com");
    engine.clock().advance(days(7));
    CHECK(house.decline_by_link(fresh) == "invitation_expired");
    house.world.renew_sessions();
    house.check_whole();
  });
}

TEST_CASE("who was removed is not let in again by the link that let them in") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const std::string token = house.token("ben@example.com");
    CHECK(house.accept(house.ben, token) == "");
    CHECK(house.world.write(house.ann, house.org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_member(tx, house.world.stores(), scope, PersonRef{house.ben.id, {}}, false,
                                std::nullopt);
    }) == "");
    CHECK(house.accept(house.ben, token) == "not_found");
    CHECK(house.roles(house.ben) == "");
    house.check_whole();
  });
}

TEST_CASE("a member is put into the teams, and raised by no link") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    // Both became members by another way while it was on its way.
    CHECK(house.invite(house.ann, "ben@example.com", {{"blue", TeamRole::viewer}}) == "invited");
    const std::string same = house.token("ben@example.com");
    CHECK(house.invite(house.ann, "cleo@example.com", {{"blue", TeamRole::viewer}},
                       OrgRole::admin) == "invited");
    const std::string higher = house.token("cleo@example.com");
    const std::string highers_id = house.last_id;
    house.join(house.ben, OrgRole::admin);
    house.join(house.cleo, OrgRole::member);
    CHECK(house.seats() == 5);
    std::optional<app::Accepted> accepted;
    CHECK(house.accept(house.ben, same, 0, &accepted) == "");
    CHECK_FALSE(accepted->added);
    CHECK(house.roles(house.ben) == "org_admin blue=viewer");
    CHECK(house.seats() == 4);
    CHECK(house.accept(house.cleo, higher) == "no_silent_raise");
    CHECK(house.roles(house.cleo) == "org_member");
    CHECK(house.state(highers_id) == "pending");
    CHECK(house.decline(house.cleo, higher) == "");
    CHECK(house.seats() == 3);
    house.check_whole();
  });
}

TEST_CASE("teams that went meanwhile are left out, and named") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com",
                       {{"blue", TeamRole::viewer}, {"red", TeamRole::viewer}}) == "invited");
    const std::string token = house.token("ben@example.com");
    house.join(house.cleo, OrgRole::member, {{"green", TeamRole::admin}});
    const auto& dan = house.world.add_person("dan");
    CHECK(house.invite(house.cleo, "dan@example.com", {{"green", TeamRole::viewer}}) == "invited");
    const std::string dans = house.token("dan@example.com");
    remove_team(house, "blue");
    remove_team(house, "green");
    for (int i = 0; i < 2; ++i) {
      std::optional<app::Accepted> accepted;
      CHECK(house.accept(house.ben, token, 0, &accepted) == "");
      CHECK(accepted->left_out == Texts{"blue"});
      // A team was all that was given; the person comes in all the same.
      CHECK(house.accept(dan, dans, 0, &accepted) == "");
      CHECK(accepted->left_out == Texts{"green"});
    }
    CHECK(house.roles(house.ben) == "org_member red=viewer");
    CHECK(house.roles(dan) == "org_member");
    // A new team of the old name is another team.
    house.teams.erase("blue");
    house.team("blue");
    CHECK(house.roles(house.ben) == "org_member red=viewer");
    house.check_whole();
  });
}

TEST_CASE("without a seat nobody joins; the invitation stays and administrators hear of it once") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.join(house.cleo, OrgRole::admin);
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const std::string id = house.last_id;
    const std::string token = house.token("ben@example.com");
    // The plan goes down below what is there.
    house.world.set_seats(house.org, 2);
    for (int i = 0; i < 2; ++i) {
      const InvitationToken parsed = *InvitationToken::parse(token);
      std::optional<Error> refused;
      CHECK(house.world.answer(
                house.ben, house.org,
                [&](Tx& tx, const TenantScope& invited, const app::Guest& guest) -> Result<void> {
                  auto accepted =
                      app::accept_invitation(tx, house.world.stores(), invited, parsed, guest);
                  REQUIRE(!accepted);
                  refused = accepted.error();
                  return std::unexpected(accepted.error());
                }) == "plan_limit_reached");
      REQUIRE(refused);
      CHECK(refused->limit->feature == "members.max");
      CHECK(refused->limit->limit == 2);
      CHECK(house.world.answer(house.ben, house.org,
                               [&](Tx& tx, const TenantScope& invited, const app::Guest&) {
                                 return app::after_refused_accept(tx, house.world.stores(), invited,
                                                                  parsed, *refused);
                               }) == "");
    }
    CHECK(house.state(id) == "pending");
    CHECK(house.roles(house.ben) == "");
    CHECK(house.seats() == 3);
    CHECK(sorted(house.world.mails()) == Texts{"invitation ben@example.com",
                                               "seat_limit ann@example.com",
                                               "seat_limit cleo@example.com"});
    house.check_whole();
  });
}

TEST_CASE("an administrator is asked for a new one once a day, and only when there is need") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com", {}, OrgRole::member, 1) == "invited");
    const std::string token = house.token("ben@example.com");
    CHECK(house.ask(house.ben, token) == "invitation_usable");
    // Somebody else holds it.
    CHECK(house.ask(house.cleo, token) == "");
    CHECK(house.ask(house.cleo, token) == "");
    CHECK(house.world.mails().back() == "invitation_wanted ann@example.com");
    CHECK(house.world.mails().size() == 2);
    engine.clock().advance(days(1));
    house.world.renew_sessions();
    CHECK(house.ask(house.ben, token) == "");
    CHECK(house.world.mails().size() == 3);
    CHECK(house.ask(house.ben, token) == "");
    CHECK(house.world.mails().size() == 3);
  });
}

TEST_CASE("a token is one client's and one organization's, whole, and for nothing else") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const InvitationToken token = *InvitationToken::parse(house.token("ben@example.com"));
    const auto look = [&](const TenantScope& scope, const InvitationToken& by) {
      return outcome_of(house.world.database().read(
          [&](Tx& tx) { return app::look_up(tx, house.world.stores(), scope, by); }));
    };
    const auto trail = std::make_shared<const Trail>();
    CHECK(look(SessionGate::invited(house.world.client(), house.org, trail), token) == "");
    const ClientScope other =
        test::kFleet.client(ClientId::make(engine.clock(), house.world.random()));
    CHECK(look(SessionGate::invited(other, house.org, trail), token) == "not_found");
    // The same secret under another organization's name.
    const OrgId elsewhere = house.world.found(house.cleo, "Else");
    CHECK(look(SessionGate::invited(house.world.client(), elsewhere, trail), token) == "not_found");
    const InvitationToken made_up = InvitationToken::make(house.org, house.world.random());
    CHECK(look(SessionGate::invited(house.world.client(), house.org, trail), made_up) ==
          "not_found");
    // What is stored opens nothing, and nobody has a session or another right by a token.
    if (const auto stored = InvitationToken::parse(token.hash()))
      for (const OrgId& org : {house.org, stored->org()})
        CHECK(look(SessionGate::invited(house.world.client(), org, trail), *stored) == "not_found");
    CHECK(house.world.database().read([&](Tx&) -> Result<void> {
      const TenantScope scope = SessionGate::invited(house.world.client(), house.org, trail);
      const auto stores = house.world.stores();
      CHECK_FALSE(stores.authorizer.require<Action::org_read>(scope));
      CHECK_FALSE(stores.authorizer.require<Action::org_invitations_read>(scope));
      CHECK_FALSE(stores.authorizer.require<Action::sync_status>(scope));
      CHECK_FALSE(stores.authorizer.require<Action::audit_append>(scope));
      return {};
    }));
  });
}

TEST_CASE("the token is in no table but sealed in the mail, and in no audit row nor event") {
  EngineCase engine(EngineCase::Kind::sqlite_memory);
  InvitationHouse house(engine);
  CHECK(house.invite(house.ann, "ben@example.com") == "invited");
  const std::string token = house.token("ben@example.com");
  const std::string secret = token.substr(22);
  // Prepared statements are kept by address.
  static std::deque<test::TestStatement<sql::Scope::fleet, sql::Rows::many, 0>> kept;
  for (const char* table : {"invitations", "invitation_teams", "mails", "audit", "feed",
                            "rate_limits", "idempotency_keys"}) {
    const auto& all = kept.emplace_back("all", std::string("SELECT * FROM ") + table);
    REQUIRE(house.world.database().fleet_read(test::kFleet, [&](Tx& tx) -> Result<void> {
      KS_TRY(const auto rows, sql::sql_tx(tx).run(test::kFleet, *all));
      for (const sql::Row& row : rows)
        for (int column = 0; column < row.columns(); ++column) {
          const std::string cell = row.shown(column).value_or("");
          CHECK(cell.find(secret) == std::string::npos);
          // Nor is the address where nobody purges it.
          if (std::string_view(table) == "audit" || std::string_view(table) == "feed")
            CHECK(cell.find("ben@") == std::string::npos);
        }
      return {};
    }));
  }
}

namespace {

// Fifty accepts of one token by one person, through every process of the world.
void accept_at_once(InvitationHouse& house) {
  constexpr std::size_t kClicks = 50;
  CHECK(house.invite(house.ann, "ben@example.com", {{"blue", TeamRole::developer}}) == "invited");
  const std::string id = house.last_id;
  const std::string token = house.token("ben@example.com");
  const InvitationToken parsed = *InvitationToken::parse(token);
  struct Click {
    Outcome outcome;
    std::optional<app::Accepted> accepted;
  };
  std::vector<Click> clicks(kClicks);
  std::latch start(kClicks);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kClicks; ++i)
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        clicks[i].outcome = house.world.answer(
            house.ben, house.org,
            [&](Tx& tx, const TenantScope& invited, const app::Guest& guest) -> Result<void> {
              KS_TRY(clicks[i].accepted,
                     app::accept_invitation(tx, house.world.stores(), invited, parsed, guest));
              return {};
            },
            i % house.world.processes());
      });
  }
  int added = 0;
  for (const Click& click : clicks) {
    CHECK(click.outcome == "");
    REQUIRE(click.accepted);
    CHECK(click.accepted->id.str() == id);
    added += click.accepted->added ? 1 : 0;
  }
  CHECK(added == 1);
  CHECK(house.roles(house.ben) == "org_member blue=developer");
  CHECK(house.seats() == 2);
  CHECK(house.world.mails() == Texts{"invitation_accepted ann@example.com"});
  house.check_whole();
}

}  // namespace

TEST_CASE(
    "of fifty accepts at once in one process one makes the member, and each is told the same") {
  EngineCase engine(EngineCase::Kind::sqlite_file);
  InvitationHouse house(engine);
  accept_at_once(house);
}

TEST_CASE("of fifty accepts at once in two processes one makes the member") {
  if (!test::PostgresServer::available()) return;
  EngineCase engine(EngineCase::Kind::postgres);
  InvitationHouse house(engine);
  REQUIRE(house.world.processes() == 2);
  accept_at_once(house);
}
