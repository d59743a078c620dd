// Who is asked to join, by whom, and what stands in the way.
#include <map>

#include <doctest/doctest.h>

#include "app/invitations/revocation.hpp"
#include "app/life/ending.hpp"
#include "app/members.hpp"
#include "app/removal.hpp"
#include "app/team_members.hpp"
#include "app/teams.hpp"
#include "tests/people/invitation_house.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;
using Texts = std::vector<std::string>;

// `who` gets another role in the organization, by Ann.
Outcome set_role(InvitationHouse& house, const World::Person& who, OrgRole role) {
  return house.world.write(
      house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
        KS_CHECK(app::change_member(tx, house.world.stores(), scope, PersonRef{who.id, {}},
                                    app::RoleChange{role, false}, std::nullopt));
        return {};
      });
}

Outcome remove(InvitationHouse& house, const World::Person& who) {
  return house.world.write(house.ann, house.org, [&](Tx& tx, const TenantScope& scope) {
    return app::remove_member(tx, house.world.stores(), scope, PersonRef{who.id, {}}, false,
                              std::nullopt);
  });
}

}  // namespace

TEST_CASE(
    "of many addresses each has its own result, and a bad one takes nothing from the others") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.world.set_seats(house.org, 4);
    house.join(house.ben, OrgRole::member);
    const TeamId team = house.team("default");
    const auto of = [&](const std::string& email) { return app::Wanted{email}; };
    const auto in_team = [&](const std::string& email) {
      return app::Wanted{email, OrgRole::member, {{team, TeamRole::developer}}};
    };
    const auto out = house.invite(
        house.ann, {of("Dan@Example.com"), of("not an address"), of("a@b.example,c@d.example"),
                    of("Eve <eve@example.com>"), of("dan@example.COM"), in_team("dan@example.com"),
                    of("ben@example.com"), in_team("BEN@example.com"), of("eve@example.com"),
                    of("full@example.com"), of("ann@example.com")});
    CHECK(out.results == Texts{"invited", "invalid_address", "invalid_address", "invalid_address",
                               "already_invited", "updated", "already_member", "added", "invited",
                               "seat_limit", "already_member"});
    // Ann, Ben and two who are asked.
    CHECK(house.seats() == 4);
    CHECK(house.roles(house.ben) == "org_member default=developer");
    // What was made at one moment has no order.
    CHECK(sorted(house.listed(house.ann)) == Texts{"dan@example.com", "eve@example.com"});
    CHECK(sorted(house.world.mails()) == Texts{"invitation dan@example.com",
                                               "invitation eve@example.com",
                                               "team_added ben@example.com"});
    house.check_whole();
  });
}

TEST_CASE("look-alikes, tags and other scripts are addresses of their own or none") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    for (const auto& [email, result] : std::vector<std::pair<std::string, std::string>>{
             {"dan@example.com", "invited"},
             {"dan+work@example.com", "invited"},
             {"DAN@EXAMPLE.COM", "already_invited"},
             {"d\xd0\xb0n@example.com", "invalid_address"},  // Cyrillic a.
             {"dan@ex\xd0\xb0mple.com", "invalid_address"},
             {"dan@\xe2\x84\xaa.example", "invalid_address"},  // Kelvin sign.
             {"dan@xn--exmple-4uf.com", "invited"},
             {"dan@@example.com", "invalid_address"},
             {"dan@example.com@evil.example", "invalid_address"},
             {"dan@example.com\nbcc: eve@example.com", "invalid_address"},
             {"[\"dan@example.com\",\"eve@example.com\"]", "invalid_address"},
             {std::string(300, 'a') + "@example.com", "invalid_address"},
             {"dev@localhost", "invalid_address"},
             {"", "invalid_address"}}) {
      CAPTURE(email);
      CHECK(house.invite(house.ann, email) == result);
    }
    // Each was mailed to the address itself and to no other.
    for (const std::string& mail : house.world.mails())
      CHECK((mail == "invitation dan@example.com" || mail == "invitation dan+work@example.com" ||
             mail == "invitation dan@xn--exmple-4uf.com"));
  });
}

TEST_CASE("teams of different administrators make one invitation, of which each has a part") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.join(house.ben, OrgRole::member, {{"blue", TeamRole::admin}});
    house.join(house.cleo, OrgRole::member, {{"red", TeamRole::admin}});
    CHECK(house.invite(house.ben, "dan@example.com", {{"blue", TeamRole::viewer}}) == "invited");
    const std::string id = house.last_id;
    const std::string token = house.token("dan@example.com");
    CHECK(house.invite(house.cleo, "dan@example.com", {{"red", TeamRole::developer}}) == "updated");
    CHECK(house.last_id == id);
    CHECK(house.invite(house.cleo, "dan@example.com", {{"red", TeamRole::viewer}}) ==
          "already_invited");
    CHECK(house.seats() == 4);

    const auto bens = house.seen(house.ben, id);
    CHECK_FALSE(bens.whole);
    REQUIRE(bens.invitation.parts.size() == 1);
    CHECK(bens.invitation.parts[0].slug == "blue");
    CHECK(bens.invitation.by == house.ben.id);
    const auto cleos = house.seen(house.cleo, id);
    REQUIRE(cleos.invitation.parts.size() == 1);
    CHECK(cleos.invitation.parts[0].slug == "red");
    CHECK(cleos.invitation.by == house.cleo.id);
    CHECK(cleos.invitation.by_name == "cleo");
    CHECK(house.seen(house.ann, id).invitation.parts.size() == 2);

    // Cleo cannot give or touch what is Ben's team's.
    CHECK(house.invite(house.cleo, "eve@example.com", {{"blue", TeamRole::viewer}}) ==
          "permission_denied");
    CHECK(house.invite(house.cleo, "eve@example.com") == "permission_denied");
    CHECK(house.invite(house.cleo, "eve@example.com", {{"red", TeamRole::viewer}},
                       OrgRole::admin) == "permission_denied");
    CHECK(house.change(house.cleo, id, {OrgRole::admin, std::nullopt}) == "permission_denied");
    CHECK(house.change(house.cleo, id,
                       {std::nullopt, std::vector<app::Wanted::InTeam>{{house.team("blue"),
                                                                        TeamRole::viewer}}}) ==
          "permission_denied");
    CHECK(house.change(house.cleo, id, {std::nullopt, std::vector<app::Wanted::InTeam>{}}) ==
          "validation_failed");

    CHECK(house.revoke(house.cleo, id) == "");
    CHECK(house.state(id) == "pending");
    CHECK(house.listed(house.cleo) == Texts{});
    CHECK(house.listed(house.ben) == Texts{"dan@example.com"});
    CHECK(house.seen(house.ann, id).invitation.parts.size() == 1);
    CHECK(house.revoke(house.cleo, id) == "not_found");
    CHECK(house.revoke(house.ben, id) == "");
    CHECK(house.state(id) == "revoked by_hand");
    CHECK(house.seats() == 3);
    CHECK(house.look_up(house.ben, token) == "not_found");
    house.check_whole();
  });
}

TEST_CASE("nobody without a right over invitations learns that there are any") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.join(house.ben, OrgRole::member, {{"blue", TeamRole::developer}});
    CHECK(house.invite(house.ann, "dan@example.com", {{"blue", TeamRole::viewer}}) == "invited");
    const std::string id = house.last_id;
    CHECK(house.listed(house.ben) == Texts{"permission_denied"});
    CHECK(house.invite(house.ben, "eve@example.com", {{"blue", TeamRole::viewer}}) ==
          "permission_denied");
    CHECK(house.revoke(house.ben, id) == "permission_denied");
    CHECK(house.resend(house.ben, id) == "permission_denied");
    CHECK(house.listed(house.cleo) == Texts{"not_found"});
    CHECK(house.revoke(house.cleo, id) == "not_found");
    // An administrator of another team neither.
    house.join(house.cleo, OrgRole::member, {{"red", TeamRole::admin}});
    CHECK(house.listed(house.cleo) == Texts{});
    CHECK(house.revoke(house.cleo, id) == "not_found");
    CHECK(house.resend(house.cleo, id) == "not_found");
    CHECK(house.state(id) == "pending");
  });
}

TEST_CASE("sending again kills the link before, keeps to a minute and to five a day") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com", {}, OrgRole::member, 1) == "invited");
    const std::string id = house.last_id;
    const std::string first = house.token("ben@example.com");
    CHECK(house.resend(house.ann, id) == "too_many_requests");
    CHECK(house.token("ben@example.com") == first);
    for (int i = 0; i < 5; ++i) {
      engine.clock().advance(minutes(1));
      CHECK(house.resend(house.ann, id) == "");
    }
    engine.clock().advance(minutes(1));
    CHECK(house.resend(house.ann, id) == "too_many_requests");
    // One mail waits, the newest.
    CHECK(house.world.mails() == Texts{"invitation ben@example.com"});
    const std::string token = house.token("ben@example.com");
    CHECK(token != first);
    CHECK(house.look_up(house.ben, first) == "not_found");
    CHECK(house.accept(house.ben, first) == "not_found");
    CHECK(house.seen(house.ann, id).invitation.expires_at ==
          engine.clock().now() + days(1) - minutes(1));
    CHECK(house.accept(house.ben, token) == "");
    CHECK(house.resend(house.ann, id) == "invitation_closed");
  });
}

TEST_CASE("who could not have given all of an invitation gives it no more time") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.join(house.ben, OrgRole::member, {{"blue", TeamRole::admin}});
    CHECK(house.invite(house.ann, "dan@example.com", {{"blue", TeamRole::viewer}}, OrgRole::admin,
                       1) == "invited");
    const std::string larger = house.last_id;
    CHECK(house.invite(house.ben, "eve@example.com", {{"blue", TeamRole::viewer}}, OrgRole::member,
                       1) == "invited");
    const std::string own = house.last_id;
    const Time end = house.seen(house.ann, larger).invitation.expires_at;
    engine.clock().advance(hours(1));
    house.world.renew_sessions();
    CHECK(house.resend(house.ben, larger) == "");
    CHECK(house.seen(house.ann, larger).invitation.expires_at == end);
    CHECK(house.resend(house.ben, own) == "");
    CHECK(house.seen(house.ann, own).invitation.expires_at == engine.clock().now() + days(1));
    CHECK(house.resend(house.ann, larger) == "too_many_requests");
    engine.clock().advance(minutes(1));
    CHECK(house.resend(house.ann, larger) == "");
    CHECK(house.seen(house.ann, larger).invitation.expires_at == engine.clock().now() + days(1));
  });
}

TEST_CASE("taking back and inviting anew sends no more mails in a day than sending again") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    for (int i = 0; i < 6; ++i) {
      CHECK(house.invite(house.ann, "ben@example.com") == "invited");
      CHECK(house.revoke(house.ann, house.last_id) == "");
    }
    CHECK(house.invite(house.ann, "ben@example.com") == "already_invited");
    CHECK(house.invite(house.ann, "cleo@example.com") == "invited");
    engine.clock().advance(days(1));
    house.world.renew_sessions();
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
  });
}

TEST_CASE("what an inviter may no longer give is taken back, and what others gave stays") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.join(house.ben, OrgRole::admin, {{"blue", TeamRole::admin}});
    house.join(house.cleo, OrgRole::member, {{"red", TeamRole::admin}});
    const auto& dan = house.world.add_person("dan");
    // Ben's alone; Ben's role with Cleo's team; Ben's team with Cleo's.
    CHECK(house.invite(house.ben, "x@example.com", {}, OrgRole::admin) == "invited");
    const std::string alone = house.last_id;
    const std::string x = house.token("x@example.com");
    CHECK(house.invite(house.ben, "y@example.com", {{"blue", TeamRole::admin}}, OrgRole::admin) ==
          "invited");
    const std::string shared = house.last_id;
    CHECK(house.invite(house.cleo, "y@example.com", {{"red", TeamRole::viewer}}) == "updated");
    CHECK(house.invite(house.ann, "dan@example.com") == "invited");
    const std::string anns = house.last_id;
    CHECK(house.seats() == 6);

    // Demoted, Ben still runs the team.
    CHECK(set_role(house, house.ben, OrgRole::member) == "");
    CHECK(house.state(alone) == "revoked inviter_lost_right");
    CHECK(house.look_up(dan, x) == "not_found");
    CHECK(house.state(shared) == "pending");
    {
      const Invitation left = house.seen(house.ann, shared).invitation;
      CHECK_FALSE(left.org_wide);
      CHECK(left.role == OrgRole::member);
      CHECK(left.parts.size() == 2);
    }
    CHECK(house.seats() == 5);
    // Then not even that.
    CHECK(house.world.write(
              house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                KS_CHECK(app::set_team_member(tx, house.world.stores(), scope, "blue",
                                              PersonRef{house.ben.id, {}},
                                              {TeamRole::developer, false}, std::nullopt));
                return {};
              }) == "");
    {
      const Invitation left = house.seen(house.ann, shared).invitation;
      REQUIRE(left.parts.size() == 1);
      CHECK(left.parts[0].slug == "red");
      CHECK(left.by == house.cleo.id);
    }
    // Cleo goes, and with her the last of it.
    CHECK(remove(house, house.cleo) == "");
    CHECK(house.state(shared) == "revoked inviter_lost_right");
    CHECK(house.state(anns) == "pending");
    CHECK(house.seats() == 3);
    CHECK(house.world.mails().back() != "invitation y@example.com");
    house.check_whole();
  });
}

TEST_CASE("who leaves a team takes back what they gave in it") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.join(house.ben, OrgRole::member, {{"blue", TeamRole::admin}, {"red", TeamRole::admin}});
    CHECK(house.invite(house.ben, "dan@example.com",
                       {{"blue", TeamRole::viewer}, {"red", TeamRole::viewer}}) == "invited");
    const std::string id = house.last_id;
    const auto out_of = [&](const std::string& team) {
      return house.world.write(house.ann, house.org, [&](Tx& tx, const TenantScope& scope) {
        return app::remove_team_member(tx, house.world.stores(), scope, team,
                                       PersonRef{house.ben.id, {}}, false, std::nullopt);
      });
    };
    CHECK(out_of("blue") == "");
    CHECK(house.seen(house.ann, id).invitation.parts.size() == 1);
    CHECK(out_of("red") == "");
    CHECK(house.state(id) == "revoked inviter_lost_right");
    house.check_whole();
  });
}

TEST_CASE("the preview of a removal counts the invitations that go with it") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.join(house.ben, OrgRole::admin);
    CHECK(house.invite(house.ben, "x@example.com") == "invited");
    CHECK(house.invite(house.ben, "y@example.com") == "invited");
    std::optional<std::int64_t> counted;
    CHECK(house.world.write(
              house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                KS_TRY(const auto preview, app::preview_removal(tx, house.world.stores(), scope,
                                                                PersonRef{house.ben.id, {}}));
                for (const auto& item : preview.items)
                  if (item.effect->thing == "invitations") counted = item.count;
                return {};
              }) == "");
    CHECK(counted == 2);
  });
}

TEST_CASE("with the end of an organization all of its invitations end, with the reason") {
  for (const RevokedFor reason :
       {RevokedFor::organization_suspended, RevokedFor::organization_deleted})
    test::for_each_engine([&](EngineCase& engine) {
      InvitationHouse house(engine);
      CHECK(house.invite(house.ann, "dan@example.com") == "invited");
      const std::string id = house.last_id;
      CHECK(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                  const auto stores = house.world.stores();
                  KS_TRY(const auto permit, stores.authorizer.require<Action::org_delete>(scope));
                  KS_CHECK(stores.members.lock(tx, permit));
                  return app::revoke_all_invitations(tx, stores, permit, reason);
                }) == "");
      CHECK(house.state(id) == "revoked " + std::string(name(reason)));
      CHECK(house.seats() == 1);
    });
}

TEST_CASE("who deletes an organization takes its invitations back") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const std::string token = house.token("ben@example.com");
    CHECK(house.world.write(house.ann, house.org,
                            [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                              KS_CHECK(app::delete_organization(tx, house.world.stores(), scope,
                                                                "Acme", std::nullopt));
                              return {};
                            }) == "");
    CHECK(house.look_up(house.ben, token) == "not_found");
    CHECK(house.world.mails() == Texts{"organization_deleted ann@example.com"});
    static const test::TestStatement<sql::Scope::fleet, sql::Rows::one, 0> kReason(
        "reason", "SELECT state, reason FROM invitations");
    REQUIRE(house.world.database().fleet_read(test::kFleet, [&](Tx& tx) -> Result<void> {
      KS_TRY(const auto row, sql::sql_tx(tx).run(test::kFleet, *kReason));
      CHECK(row.text(0) == "revoked");
      CHECK(row.text(1) == "organization_deleted");
      return {};
    }));
  });
}

TEST_CASE("a link of an organization that is not active is none") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const std::string token = house.token("ben@example.com");
    house.world.set_state(house.org, "suspended");
    CHECK(house.look_up(house.ben, token) == "not_found");
    CHECK(house.accept(house.ben, token) == "not_found");
    CHECK(house.roles(house.ben) == "");
  });
}

TEST_CASE("time ends an invitation to the microsecond, and then its seat is free") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    house.world.set_seats(house.org, 2);
    CHECK(house.invite(house.ann, "ben@example.com", {}, OrgRole::member, 30) == "invited");
    const std::string id = house.last_id;
    const std::string token = house.token("ben@example.com");
    CHECK(house.invite(house.ann, "cleo@example.com") == "seat_limit");
    engine.clock().advance(days(30) - microseconds(1));
    house.world.renew_sessions();
    CHECK(house.state(id) == "pending");
    CHECK(house.look_up(house.ben, token) == "");
    CHECK(house.listed(house.ann, InvitationState::pending) == Texts{"ben@example.com"});
    engine.clock().advance(microseconds(1));
    CHECK(house.state(id) == "expired");
    CHECK(house.listed(house.ann, InvitationState::pending) == Texts{});
    CHECK(house.listed(house.ann, InvitationState::expired) == Texts{"ben@example.com"});
    CHECK(house.accept(house.ben, token) == "invitation_expired");
    CHECK(house.decline(house.ben, token) == "invitation_expired");
    CHECK(house.revoke(house.ann, id) == "invitation_closed");
    CHECK(house.resend(house.ann, id) == "invitation_closed");
    CHECK(house.change(house.ann, id, {OrgRole::admin, std::nullopt}) == "invitation_closed");
    std::optional<app::LookedUp> found;
    CHECK(house.look_up(house.ben, token, &found) == "");
    REQUIRE(found);
    CHECK(found->state == InvitationState::expired);
    // Nobody swept, and yet the seat is free: for an invitation, and for who is let in by hand.
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    CHECK(house.last_id != id);
    CHECK(house.seats() == 2);
    engine.clock().advance(days(7));
    house.world.renew_sessions();
    house.join(house.cleo, OrgRole::member);
    CHECK(house.seats() == 2);
    house.check_whole();
  });
}

TEST_CASE("what has expired is written down by and by, and forgotten after 90 days") {
  test::for_each_engine([](EngineCase& engine) {
    InvitationHouse house(engine);
    CHECK(house.invite(house.ann, "ben@example.com") == "invited");
    const std::string expired = house.last_id;
    CHECK(house.invite(house.ann, "cleo@example.com", {}, OrgRole::member, 30) == "invited");
    engine.clock().advance(days(7));
    house.world.renew_sessions();
    CHECK(house.seats() == 3);
    const auto sweep = [&] {
      REQUIRE(
          app::expire_all_invitations(house.world.database(), house.world.stores(), test::kFleet));
      std::int64_t gone = 0;
      REQUIRE(house.world.database().fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
        KS_TRY(gone, house.world.stores().invitations.forget_older(
                         tx, test::kFleet, engine.clock().now() - kInvitationKept, 10));
        return {};
      }));
      return gone;
    };
    CHECK(sweep() == 0);
    CHECK(house.seats() == 2);
    CHECK(house.state(expired) == "expired");
    CHECK(house.world.mails() == Texts{"invitation cleo@example.com"});
    house.check_whole();
    engine.clock().advance(kInvitationKept - microseconds(1));
    CHECK(sweep() == 0);
    engine.clock().advance(microseconds(1));
    CHECK(sweep() == 1);
  });
}
