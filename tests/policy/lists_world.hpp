#pragma once

#include <array>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/access/reviews.hpp"
#include "app/deployments.hpp"
#include "app/invitations/changes.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "app/teams.hpp"
#include "domain/deployment/deployment_request.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

// Random small worlds, and every page of a list in them.
namespace ks::test {

using Texts = std::vector<std::string>;

struct TeamAt {
  TeamId id;
  std::string slug;
  Texts deployments;  // Names.
};
struct OrgAt {
  OrgId id;
  std::string slug;
  std::vector<TeamAt> teams;
};
struct User {
  UserId id;
  std::string email;
  std::string token;
};

inline constexpr Duration kInactiveAfter = minutes(30);

// Two organizations of the same names as far as names may be the same, with people thrown in.
class ListsWorld {
 public:
  ListsWorld(EngineCase& engine, std::uint64_t seed)
      : db_(engine.database()),
        clock_(engine.clock()),
        random_(seed),
        stores_(std::string(32, 'k'), clock_, random_),
        gate_(db_, stores_.accounts, clock_, random_) {
    User root = add_user("root", true);
    for (int i = 0; i < 4; ++i) users.push_back(add_user(fmt::format("user{}", i), false));
    for (std::size_t i = 0; i < 2; ++i) found_organization(users[i], root);
    for (std::size_t i = 0; i < users.size(); ++i)
      for (std::size_t o = 0; o < orgs.size(); ++o)
        if (i != o) throw_in(users[i], orgs[o]);
    for (std::size_t o = 0; o < orgs.size(); ++o) {
      invite_to(orgs[o], users[o]);
      review_all(orgs[o], users[o]);
    }
  }

  Caller caller(const User& user) {
    auto loaded = gate_.load(client_scope(), user.token, trail_);
    REQUIRE(loaded);
    return std::move(*loaded);
  }
  SessionGate& gate() { return gate_; }
  app::Stores stores() { return stores_.for_app(outbox_, clock_, random_); }
  template <class T, class Work>
  Result<T> read(Work work) {
    return db_.read([&](Tx& tx) -> Result<T> { return work(tx); });
  }
  std::size_t below(std::size_t bound) { return random_.below(bound); }

  // The first two own an organization each.
  std::vector<User> users;
  std::vector<OrgAt> orgs;
  // Of all organizations.
  Texts invitations, reviews;

 private:
  User add_user(const std::string& name, bool platform_admin) {
    // They were not all here at the same time.
    clock_.advance(hours(1));
    const Time now = clock_.now();
    User user{UserId::make(clock_, random_), name + "@example.com", random_token(random_, 32)};
    REQUIRE(db_.write([&](Tx& tx) -> Result<void> {
      KS_TRY(const bool made,
             stores_.accounts.create_user(
                 tx, client_scope(), NewUser{user.id, user.email, name, "", platform_admin, now}));
      KS_ASSERT(made);
      return stores_.accounts.create_session(
          tx, client_scope(),
          NewSession{SessionId::make(clock_, random_), SessionGate::token_hash(user.token), user.id,
                     now});
    }));
    return user;
  }

  void found_organization(const User& owner, const User& root) {
    const auto made = db_.write([&](Tx& tx) -> Result<OrgAt> {
      KS_TRY(const Caller by, gate_.load_in(tx, client_scope(), owner.token, trail_));
      const TenantScope scope = gate_.founding(by.person());
      KS_TRY(const auto founded, app::found(tx, stores(), scope, "Acme", std::nullopt));
      return OrgAt{founded.org, founded.slug, {}};
    });
    REQUIRE(made);
    orgs.push_back(*made);
    OrgAt& org = orgs.back();
    REQUIRE(db_.write([&](Tx& tx) -> Result<void> {
      KS_TRY(const Caller above, gate_.load_in(tx, client_scope(), root.token, trail_));
      KS_TRY(const TenantScope from_above, gate_.administration(above, org.id));
      KS_CHECK(app::set_plan(tx, stores(), from_above, "enterprise"));
      org.teams.clear();
      KS_TRY(const Caller by, gate_.load_in(tx, client_scope(), owner.token, trail_));
      KS_TRY(const TenantScope scope, gate_.tenant(by, org.id));
      for (const char* slug : {"blue", "green", "red"}) {
        KS_TRY(const TeamRow team,
               app::create_team(tx, stores(), scope, app::NewTeam{slug, slug, ""}));
        org.teams.push_back({team.id, slug, {}});
      }
      return {};
    }));
    for (TeamAt& team : org.teams)
      for (std::size_t i = 0, last = below(4); i < last; ++i) {
        const std::string name = fmt::format("app-{}", i);
        const auto draft =
            draft_from_json(Json::object({{"name", name}, {"image", "docker.io/library/web:1"}}),
                            templates_, random_);
        REQUIRE(draft);
        REQUIRE(db_.write([&](Tx& tx) -> Result<void> {
          KS_TRY(const Caller by, gate_.load_in(tx, client_scope(), owner.token, trail_));
          KS_TRY(const TenantScope scope, gate_.tenant(by, org.id));
          KS_CHECK(app::create_deployment(tx, stores(), {}, scope, team.slug, *draft));
          return {};
        }));
        team.deployments.push_back(name);
      }
  }

  void throw_in(const User& user, const OrgAt& org) {
    const std::size_t as = below(4);  // 0: a stranger.
    if (as == 0) return;
    REQUIRE(db_.write([&](Tx& tx) -> Result<void> {
      const auto permit = permit_on(org.id);
      KS_CHECK(
          sql::sql_tx(tx).run(permit, *kPutMember, user.id, as == 1 ? "org_admin" : "org_member"));
      constexpr std::array kRoles = {"viewer", "developer", "team_admin"};
      for (const TeamAt& team : org.teams)
        if (below(2) == 0)
          KS_CHECK(sql::sql_tx(tx).run(permit, *kPutTeamMember, team.id, user.id,
                                       kRoles[below(kRoles.size())]));
      return stores_.accounts.raise_authz_version(tx, client_scope(), user.id, clock_.now());
    }));
  }

  void as_owner(const OrgAt& org, const User& owner,
                const std::function<Result<void>(Tx&, const TenantScope&)>& act) {
    REQUIRE(db_.write([&](Tx& tx) -> Result<void> {
      KS_TRY(const Caller by, gate_.load_in(tx, client_scope(), owner.token, trail_));
      KS_TRY(const TenantScope scope, gate_.tenant(by, org.id));
      return act(tx, scope);
    }));
  }

  // Into any of the teams; one of them is taken back.
  void invite_to(const OrgAt& org, const User& owner) {
    std::vector<app::Wanted> wanted;
    for (int i = 0; i < 5; ++i) {
      app::Wanted one{fmt::format("guest{}@example.com", i),
                      below(2) == 0 ? OrgRole::admin : OrgRole::member};
      for (const TeamAt& team : org.teams)
        if (below(2) == 0) one.teams.push_back({team.id, TeamRole::viewer});
      wanted.push_back(std::move(one));
    }
    Texts made;
    as_owner(org, owner, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      made.clear();
      KS_TRY(const auto invited, app::invite(tx, stores(), scope, wanted, kInvitationDays));
      for (const app::Invited& one : invited) made.push_back(one.view->invitation.id.str());
      return app::revoke_invitation(tx, stores(), scope, made[below(made.size())], std::nullopt);
    });
    invitations.insert(invitations.end(), made.begin(), made.end());
  }

  // One of the whole, and one of each team.
  void review_all(const OrgAt& org, const User& owner) {
    Texts made;
    as_owner(org, owner, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      made.clear();
      std::vector<app::AccessPlace> places{std::nullopt};
      for (const TeamAt& team : org.teams) places.emplace_back(team.slug);
      for (const app::AccessPlace& place : places) {
        KS_TRY(const AccessReview review,
               app::start_review(tx, stores(), scope, place, kInactiveAfter));
        made.push_back(review.id.str());
      }
      return {};
    });
    reviews.insert(reviews.end(), made.begin(), made.end());
  }

  Database& db_;
  ManualClock& clock_;
  SeededRandom random_;
  SqlStores stores_;
  mail::SealedOutbox outbox_{stores_.mails, stores_.envelope, clock_, random_, mail::Switch::on};
  SessionGate gate_;
  TemplateCatalogue templates_ = TemplateCatalogue::system();
  SessionGate::TrailPtr trail_ = std::make_shared<const Trail>(Trail{"test", "192.0.2.1"});
};

// How somebody who may not see a list is refused.
enum class Refusals { hidden, denied_or_hidden };

// Every page of a list, of `limit` items; a list that is refused has nothing.
template <class List, class Key>
Texts walk(int limit, List list, Key key, Refusals refusals = Refusals::hidden) {
  Texts out;
  PageRequest wanted;
  wanted.limit = limit;
  for (int pages = 0; pages < 100; ++pages) {
    auto page = list(wanted);
    if (!page) {
      const Error::Code code = page.error().code;
      CHECK((code == Error::Code::not_found ||
             (code == Error::Code::denied && refusals == Refusals::denied_or_hidden)));
      CHECK(pages == 0);
      return out;
    }
    CHECK(page->items.size() <= static_cast<std::size_t>(limit));
    // A cursor says that there is more, and there is.
    if (page->next) CHECK(page->items.size() == static_cast<std::size_t>(limit));
    if (pages > 0) CHECK_FALSE(page->items.empty());
    for (const auto& item : page->items) out.push_back(key(item));
    if (!page->next) return out;
    wanted.after = *page->next;
  }
  FAIL("the list does not end");
  return out;
}

}  // namespace ks::test
