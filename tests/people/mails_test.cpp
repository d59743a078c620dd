// Mails of an organization: to whom they go no more, and how many there may be.
#include <algorithm>
#include <optional>

#include <doctest/doctest.h>

#include "app/life/ending.hpp"
#include "app/life/suspension.hpp"
#include "app/limit_notice.hpp"
#include "app/members.hpp"
#include "app/ownership.hpp"
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

const test::TestStatement<sql::Scope::fleet, sql::Rows::one, 2> kKept(
    "kept", "SELECT COUNT(*) FROM mails WHERE kind = ?1 AND recipient = ?2");

struct Post : InvitationHouse {
  explicit Post(EngineCase& engine) : InvitationHouse(engine) {}

  const World::Person& dan = world.add_person("dan");

  Outcome remove(const World::Person& who) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_member(tx, world.stores(), scope, PersonRef{who.id, {}}, false,
                                std::nullopt);
    });
  }
  Outcome reinstate(const World::Person& who) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::reinstate(tx, world.stores(), scope, PersonRef{who.id, {}}));
      return {};
    });
  }
  void take_from_team(const World::Person& who) {
    REQUIRE(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_team_member(tx, world.stores(), scope, team("default").text(),
                                     PersonRef{who.id, {}}, false, std::nullopt);
    }) == "");
  }
  // Of that kind to that account, whatever became of them.
  std::int64_t kept(const std::string& kind, const std::string& recipient) {
    const auto found = world.database().fleet_read(test::kFleet, [&](Tx& tx) {
      return sql::sql_tx(tx).run(test::kFleet, *kKept, kind, recipient);
    });
    REQUIRE(found);
    return found->integer(0);
  }
  Outcome leave(const World::Person& who) {
    return world.write(who, org, [&](Tx& tx, const TenantScope& scope) {
      return app::leave(tx, world.stores(), scope);
    });
  }
  // `by` is told that `who` has joined.
  void bring(const World::Person& by, const World::Person& who) {
    REQUIRE(invite(by, who.email) == "invited");
    REQUIRE(accept(who, token(who.email)) == "");
  }
};

}  // namespace

TEST_CASE("what an organization told a member does not go to who is none any more") {
  for (const bool by_themselves : {false, true})
    test::for_each_engine([&](EngineCase& engine) {
      CAPTURE(by_themselves);
      Post house(engine);
      house.join(house.ben, OrgRole::admin);
      house.bring(house.ben, house.cleo);
      house.bring(house.ann, house.dan);
      // What another organization tells the same person is none of this one's.
      const OrgId acme = house.org;
      house.org = house.world.found(house.ben, "Blue");
      house.bring(house.ben, house.dan);
      house.org = acme;
      REQUIRE(sorted(house.world.mails()) == Texts{"invitation_accepted ann@example.com",
                                                   "invitation_accepted ben@example.com",
                                                   "invitation_accepted ben@example.com"});
      REQUIRE((by_themselves ? house.leave(house.ben) : house.remove(house.ben)) == "");
      Texts left{"invitation_accepted ann@example.com", "invitation_accepted ben@example.com"};
      if (!by_themselves) left.emplace_back("member_removed ben@example.com");
      CHECK(sorted(house.world.mails()) == left);
      // That it is over goes out, also when they come and go again.
      house.join(house.ben, OrgRole::member);
      REQUIRE(house.leave(house.ben) == "");
      CHECK(sorted(house.world.mails()) == left);
    });
}

TEST_CASE("what somebody lost a part of their rights for does not go to them") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::admin);
    house.join(house.dan, OrgRole::member);
    // An administrator is told what only administrators are, and what concerns themselves.
    REQUIRE(house.invite(house.ann, "eve@example.com") == "invited");
    REQUIRE(house.ask(house.cleo, house.token("eve@example.com")) == "");
    house.bring(house.ben, house.cleo);
    REQUIRE(house.invite(house.ann, "dan@example.com", {{"default", TeamRole::viewer}}) == "added");
    REQUIRE(house.invite(house.ann, "ben@example.com", {{"default", TeamRole::viewer}}) == "added");
    REQUIRE(sorted(house.world.mails()) ==
            Texts{"invitation eve@example.com", "invitation_accepted ben@example.com",
                  "invitation_wanted ann@example.com", "invitation_wanted ben@example.com",
                  "team_added ben@example.com", "team_added dan@example.com"});
    house.take_from_team(house.dan);
    REQUIRE(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::change_member(tx, house.world.stores(), scope,
                                              PersonRef{house.ben.id, {}}, {OrgRole::member, false},
                                              std::nullopt));
                  return {};
                }) == "");
    CHECK(sorted(house.world.mails()) ==
          Texts{"invitation eve@example.com", "invitation_accepted ben@example.com",
                "invitation_wanted ann@example.com", "team_added ben@example.com"});
    REQUIRE(house.world.write(house.ann, house.org,
                              [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                                KS_CHECK(app::remove_team(tx, house.world.stores(), scope,
                                                          house.team("default").text(), {}));
                                return {};
                              }) == "");
    CHECK(sorted(house.world.mails()) == Texts{"invitation eve@example.com",
                                               "invitation_accepted ben@example.com",
                                               "invitation_wanted ann@example.com"});
  });
}

TEST_CASE("who can have a limit raised is told once a day that it held up somebody who cannot") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::admin);
    house.join(house.dan, OrgRole::member);
    LimitDetail limit;
    limit.feature = "memory.max";
    limit.limit = std::int64_t{4} << 30;
    limit.plan = "business";
    const auto refused = [&](const World::Person& who) {
      REQUIRE(house.world.write(who, house.org, [&](Tx& tx, const TenantScope& scope) {
        return app::limit_notice(tx, house.world.stores(), scope, limit);
      }) == "");
    };
    // They see it themselves.
    refused(house.ann);
    refused(house.ben);
    CHECK(house.world.mails().empty());
    for (int i = 0; i < 3; ++i) refused(house.dan);
    CHECK(sorted(house.world.mails()) ==
          Texts{"limit_reached ann@example.com", "limit_reached ben@example.com"});
    // Another limit is another matter; one of a single service is for who asked.
    limit.feature = "deployments.max";
    refused(house.dan);
    limit.feature = "replicas.max";
    refused(house.dan);
    CHECK(house.world.mails().size() == 4);
    engine.clock().advance(hours(24));
    house.world.renew_sessions();
    limit.feature = "memory.max";
    refused(house.dan);
    CHECK(house.kept("limit_reached", house.ann.id.str()) == 3);
    // Nor who cannot have it raised any more by the time that it leaves.
    REQUIRE(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::change_member(tx, house.world.stores(), scope,
                                              PersonRef{house.ben.id, {}}, {OrgRole::member, false},
                                              std::nullopt));
                  return {};
                }) == "");
    CHECK(sorted(house.world.mails()) == Texts(3, "limit_reached ann@example.com"));
  });
}

TEST_CASE("who has another address than they had comes back by an invitation only") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::member);
    REQUIRE(house.remove(house.ben) == "");
    static const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 2> kMove(
        "move", "UPDATE users SET email = ?2 WHERE id = ?1");
    const auto move = [&](const char* to) {
      REQUIRE(house.world.database().fleet_write(test::kFleet, [&](Tx& tx) -> ks::Result<void> {
        KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kMove, house.ben.id, std::string(to)));
        return {};
      }));
    };
    move("new@example.com");
    CHECK(house.reinstate(house.ben) == "invitation_required");
    CHECK(house.roles(house.ben).empty());
    move("ben@example.com");
    CHECK(house.reinstate(house.ben) == "");
  });
}

TEST_CASE("a suspended organization sends nothing but that it is, and that a membership is over") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::admin);
    house.join(house.dan, OrgRole::member);
    house.bring(house.ben, house.cleo);
    REQUIRE(house.invite(house.ann, "eve@example.com") == "invited");
    REQUIRE(house.remove(house.dan) == "");
    REQUIRE(house.world.administer(
                house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::suspend_organization(tx, house.world.stores(), scope, "Spam."));
                  return {};
                }) == "");
    CHECK(sorted(house.world.mails()) ==
          Texts{"member_removed dan@example.com", "organization_suspended ann@example.com"});
  });
}

TEST_CASE(
    "an organization that is being deleted sends nothing but that, and that one is no member") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::admin);
    house.join(house.dan, OrgRole::member);
    house.bring(house.ben, house.cleo);
    REQUIRE(house.invite(house.ann, "eve@example.com") == "invited");
    REQUIRE(house.remove(house.dan) == "");
    // Another organization goes on.
    const OrgId acme = house.org;
    house.org = house.world.found(house.ben, "Blue");
    house.bring(house.ben, house.dan);
    house.org = acme;
    REQUIRE(house.world.write(house.ann, house.org,
                              [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                                KS_CHECK(app::delete_organization(tx, house.world.stores(), scope,
                                                                  "Acme", std::nullopt));
                                return {};
                              }) == "");
    CHECK(sorted(house.world.mails()) ==
          Texts{"invitation_accepted ben@example.com", "member_removed dan@example.com",
                "organization_deleted ann@example.com", "organization_deleted ben@example.com"});
    // Nobody reads that it is gone when it is there again.
    REQUIRE(house.world.end_of(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::restore_organization(tx, house.world.stores(), scope, {}));
                  return {};
                }) == "");
    CHECK(sorted(house.world.mails()) ==
          Texts{"invitation_accepted ben@example.com", "member_removed dan@example.com"});
  });
}

TEST_CASE("of the end of an organization its owner and administrators hear, and nobody else") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::admin);
    house.join(house.cleo, OrgRole::admin);
    house.join(house.dan, OrgRole::member);
    REQUIRE(house.remove(house.cleo) == "");
    REQUIRE(house.world.write(house.ann, house.org,
                              [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                                KS_CHECK(app::delete_organization(tx, house.world.stores(), scope,
                                                                  "Acme", std::nullopt));
                                return {};
                              }) == "");
    CHECK(sorted(house.world.mails()) == Texts{"member_removed cleo@example.com",
                                               "organization_deleted ann@example.com",
                                               "organization_deleted ben@example.com"});
    for (const AddressedDraft& mail : house.world.waiting())
      if (mail.draft.kind == "organization_deleted") {
        REQUIRE(mail.draft.places.size() == 3);
        CHECK(std::get<std::string>(mail.draft.places[1].value) == "ann");
        CHECK(std::get<Time>(mail.draft.places[2].value) == engine.clock().now() + days(30));
      }
  });
}

TEST_CASE("of more administrators than are written to, the owner is never left out") {
  test::for_each_engine([](EngineCase& engine) {
    World world(engine);
    std::vector<UserId> administrators;
    for (int i = 0; i < 25; ++i)
      administrators.push_back(world.add_person("admin" + std::to_string(i)).id);
    // Behind all of them by its id.
    engine.clock().advance(minutes(1));
    const World::Person& owner = world.add_person("zoe");
    REQUIRE(std::ranges::all_of(administrators,
                                [&](const UserId& id) { return id.text() < owner.id.text(); }));
    const OrgId org = world.found(owner, "Acme");
    world.set_seats(org, 50);
    for (const UserId& id : administrators)
      REQUIRE(world.write(owner, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
        const auto stores = world.stores();
        KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
        KS_CHECK(app::join(tx, stores, may, app::Joining{id, OrgRole::admin}));
        return {};
      }) == "");
    REQUIRE(world.write(owner, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::delete_organization(tx, world.stores(), scope, "Acme", std::nullopt));
      return {};
    }) == "");
    const Texts mails = world.mails();
    CHECK(mails.size() == 20);
    CHECK(std::ranges::count(mails, "organization_deleted zoe@example.com") == 1);
  });
}

TEST_CASE("taking invitations back makes no room for more mails than an hour and a day may have") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.world.set_seats(house.org, 12);
    REQUIRE(house.invite(house.ann, "kept@example.com") == "invited");
    const std::string kept = house.last_id;
    engine.clock().advance(minutes(2));
    int made = 0;
    // What every seat that is free is good for, again and again.
    const auto until_refused = [&] {
      std::int64_t invited = 0;
      for (;;) {
        REQUIRE(invited < 200);
        std::vector<app::Wanted> wanted;
        wanted.reserve(9);
        for (int i = 0; i < 9; ++i)
          wanted.push_back({"stranger" + std::to_string(++made) + "@example.com"});
        const auto out = house.invite(house.ann, wanted);
        for (const std::string& id : out.ids)
          if (!id.empty()) REQUIRE(house.revoke(house.ann, id) == "");
        invited += std::ranges::count(out.results, "invited");
        if (std::ranges::count(out.results, "mail_limit") > 0) return invited;
      }
    };
    CHECK(until_refused() == 99);
    CHECK(house.invite(house.ann, "one@example.com") == "mail_limit");
    CHECK(house.seats() == 2);
    // Nor is one sent again; that says for how long.
    std::optional<int> wait;
    CHECK(house.world.write(
              house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                const auto again = app::resend_invitation(tx, house.world.stores(), scope, kept);
                if (!again) wait = again.error().retry_after_s;
                KS_CHECK(again);
                return {};
              }) == "too_many_requests");
    CHECK(wait == 58 * 60);
    // Who is a member already is not invited, and is put into a team.
    house.join(house.ben, OrgRole::member);
    CHECK(house.invite(house.ann, "ben@example.com", {{"default", TeamRole::viewer}}) == "added");
    engine.clock().advance(minutes(58));
    CHECK(house.resend(house.ann, kept) == "");
    CHECK(house.invite(house.ann, "one@example.com") == "mail_limit");
    for (int hour = 1; hour < 4; ++hour) {
      engine.clock().advance(hours(1));
      CHECK(until_refused() == (hour < 3 ? 100 : 99));
    }
    // Of the day: 1 + 99 + 1 + 100 + 100 + 99.
    engine.clock().advance(hours(1));
    CHECK(house.invite(house.ann, "one@example.com") == "mail_limit");
    engine.clock().advance(hours(20));
    house.world.renew_sessions();
    CHECK(house.invite(house.ann, "one@example.com") == "invited");
    // Another organization has its own.
    house.org = house.world.found(house.ben, "Blue");
    CHECK(house.invite(house.ben, "one@example.com") == "invited");
  });
}

TEST_CASE("who invites for a team leaves half to those above, and they a tenth to the owner") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.world.set_seats(house.org, 20);
    house.join(house.ben, OrgRole::admin);
    house.join(house.cleo, OrgRole::member, {{"default", TeamRole::admin}});
    const std::map<std::string, TeamRole> in = {{"default", TeamRole::viewer}};
    REQUIRE(house.invite(house.cleo, "kept@example.com", in) == "invited");
    const std::string kept = house.last_id;
    // One after another, so that nobody's last request goes beyond what is theirs.
    int made = 0;
    const auto until_refused = [&](const World::Person& by) {
      for (std::int64_t invited = 0;; ++invited) {
        REQUIRE(invited < 500);
        const std::string result =
            house.invite(by, "stranger" + std::to_string(++made) + "@example.com", in);
        if (result == "mail_limit") return invited;
        REQUIRE(result == "invited");
        REQUIRE(house.revoke(by, house.last_id) == "");
      }
    };
    CHECK(until_refused(house.cleo) == 49);
    engine.clock().advance(minutes(2));
    CHECK(house.resend(house.cleo, kept) == "too_many_requests");
    CHECK(until_refused(house.ben) == 40);
    CHECK(house.resend(house.ben, kept) == "too_many_requests");
    // Many at once get as far as their share, too.
    std::vector<app::Wanted> wanted;
    for (int i = 0; i < 12; ++i) wanted.push_back({"at-once" + std::to_string(i) + "@example.com"});
    const auto out = house.invite(house.ann, wanted);
    CHECK(std::ranges::count(out.results, "invited") == 10);
    CHECK(std::ranges::count(out.results, "mail_limit") == 2);
    for (const std::string& id : out.ids)
      if (!id.empty()) REQUIRE(house.revoke(house.ann, id) == "");
    // Of the day likewise: 400, of which 100 are gone.
    for (const std::int64_t due : {50, 50, 0}) {
      engine.clock().advance(hours(1) + minutes(1));
      CHECK(until_refused(house.cleo) == due);
    }
    CHECK(until_refused(house.ben) == 90);
    engine.clock().advance(hours(1) + minutes(1));
    // 290 by now, of which 360 may be the administrators'.
    CHECK(until_refused(house.ben) == 70);
    CHECK(until_refused(house.ann) == 30);
    engine.clock().advance(hours(1) + minutes(1));
    CHECK(until_refused(house.ann) == 10);
  });
}

TEST_CASE("one mailbox is invited ten times a day by one organization and twenty by all") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    const OrgId acme = house.org;
    const OrgId blue = house.world.found(house.ben, "Blue");
    const OrgId green = house.world.found(house.cleo, "Green");
    const auto ask = [&](const OrgId& org, const World::Person& by, const std::string& address) {
      house.org = org;
      const std::string result = house.invite(by, address);
      if (result == "invited") REQUIRE(house.revoke(by, house.last_id) == "");
      return result;
    };
    house.org = acme;
    REQUIRE(house.invite(house.ann, "vic@example.com") == "invited");
    const std::string kept = house.last_id;
    engine.clock().advance(minutes(2));
    REQUIRE(house.resend(house.ann, kept) == "");
    const auto tagged = [](int i) { return "Vic+" + std::to_string(i) + "@EXAMPLE.com"; };
    for (int i = 0; i < 8; ++i) CHECK(ask(acme, house.ann, tagged(i)) == "invited");
    // What one has sent keeps no other from sending.
    const std::int64_t seats = house.seats();
    CHECK(ask(acme, house.ann, "vic+more@example.com") == "mail_limit");
    CHECK(house.seats() == seats);
    CHECK(house.resend(house.ann, kept) == "too_many_requests");
    for (int i = 0; i < 10; ++i) CHECK(ask(blue, house.ben, tagged(i)) == "invited");
    CHECK(ask(blue, house.ben, "vic@example.com") == "mail_limit");
    // Beyond what all may send there is one of each, whatever its tag.
    CHECK(ask(green, house.cleo, "vic@example.com") == "invited");
    CHECK(ask(green, house.cleo, "vic+other@example.com") == "mail_limit");
    // It is one mailbox's bound, and of one day from the first.
    CHECK(ask(blue, house.ben, "victor@example.com") == "invited");
    CHECK(ask(blue, house.ben, "vic@example.org") == "invited");
    engine.clock().advance(hours(24) - minutes(2) - microseconds(1));
    house.world.renew_sessions();
    CHECK(ask(acme, house.ann, "vic+more@example.com") == "mail_limit");
    engine.clock().advance(microseconds(1));
    CHECK(ask(acme, house.ann, "vic+more@example.com") == "invited");
    house.org = acme;
    CHECK(house.resend(house.ann, kept) == "");
  });
}

TEST_CASE("an owner who deletes and restores again and again tells of it 20 times a day") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::admin);
    for (int i = 0; i < 25; ++i) {
      REQUIRE(house.world.write(house.ann, house.org,
                                [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                                  KS_CHECK(app::delete_organization(tx, house.world.stores(), scope,
                                                                    "Acme", std::nullopt));
                                  return {};
                                }) == "");
      REQUIRE(house.world.end_of(
                  house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                    KS_CHECK(app::restore_organization(tx, house.world.stores(), scope, {}));
                    return {};
                  }) == "");
    }
    CHECK(house.kept("organization_deleted", house.ben.id.str()) == 20);
  });
}

TEST_CASE("what is done to somebody over and over happens, and is told them 20 times a day") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::member);
    house.join(house.cleo, OrgRole::member);
    const auto offer = [&](const World::Person& to) {
      REQUIRE(
          house.world.write(
              house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                KS_TRY(const auto made,
                       app::offer_ownership(tx, house.world.stores(), scope, PersonRef{to.id, {}}));
                KS_CHECK(app::cancel_ownership(tx, house.world.stores(), scope, made.id.text()));
                return {};
              }) == "");
    };
    for (int i = 0; i < 25; ++i) {
      offer(house.ben);
      CHECK(house.invite(house.ann, "ben@example.com", {{"default", TeamRole::viewer}}) == "added");
      REQUIRE(house.remove(house.ben) == "");
      // Nobody is put back without being told.
      CHECK(house.reinstate(house.ben) == (i < 20 ? "" : "too_many_requests"));
      if (i < 20)
        house.take_from_team(house.ben);
      else
        house.join(house.ben, OrgRole::member);
    }
    CHECK(house.roles(house.ben) == "org_member");
    for (const char* kind : {"ownership_offer", "ownership_withdrawn", "team_added",
                             "member_removed", "member_reinstated"}) {
      CAPTURE(kind);
      CHECK(house.kept(kind, house.ben.id.str()) == 20);
    }
    CHECK(house.kept("ownership_offered", house.ann.id.str()) == 20);
    // Others are told as before, and the day ends.
    CHECK(house.invite(house.ann, "cleo@example.com", {{"default", TeamRole::viewer}}) == "added");
    CHECK(house.kept("team_added", house.cleo.id.str()) == 1);
    engine.clock().advance(hours(24));
    house.world.renew_sessions();
    REQUIRE(house.remove(house.ben) == "");
    CHECK(house.kept("member_removed", house.ben.id.str()) == 21);
  });
}
