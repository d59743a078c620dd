// What lists give is what may be read one by one: random small worlds on every engine.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/deployments.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "app/teams.hpp"
#include "domain/deployment/deployment_request.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

namespace {

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
  std::string token;
};

// Two organizations of the same names as far as names may be the same, with people thrown in.
class World {
 public:
  World(EngineCase& engine, std::uint64_t seed)
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

  std::vector<User> users;
  std::vector<OrgAt> orgs;

 private:
  User add_user(const std::string& name, bool platform_admin) {
    const Time now = clock_.now();
    User user{UserId::make(clock_, random_), random_token(random_, 32)};
    REQUIRE(db_.write([&](Tx& tx) -> Result<void> {
      KS_TRY(const bool made, stores_.accounts.create_user(tx, client_scope(),
                                                           NewUser{user.id, name + "@example.com",
                                                                   name, "", platform_admin, now}));
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

  Database& db_;
  Clock& clock_;
  SeededRandom random_;
  SqlStores stores_;
  mail::SealedOutbox outbox_{stores_.mails, stores_.envelope, clock_, random_, mail::Switch::off};
  SessionGate gate_;
  TemplateCatalogue templates_ = TemplateCatalogue::system();
  SessionGate::TrailPtr trail_ = std::make_shared<const Trail>(Trail{"test", "192.0.2.1"});
};

// Every page of a list, of `limit` items; a list that is refused as hidden has nothing.
template <class List, class Key>
Texts walk(int limit, List list, Key key) {
  Texts out;
  PageRequest wanted;
  wanted.limit = limit;
  for (int pages = 0; pages < 100; ++pages) {
    auto page = list(wanted);
    if (!page) {
      CHECK(page.error().code == Error::Code::not_found);
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

void check_deployments(World& world, const TenantScope& scope, const TeamAt& team,
                       const std::vector<OrgAt>& everywhere) {
  CAPTURE(team.slug);
  Texts readable;
  std::set<std::string> names;
  for (const OrgAt& org : everywhere)
    for (const TeamAt& any : org.teams)
      names.insert(any.deployments.begin(), any.deployments.end());
  for (const std::string& name : names) {
    const auto row = world.read<DeploymentRow>(
        [&](Tx& tx) { return app::deployment(tx, world.stores(), scope, team.id.text(), name); });
    if (!row) continue;
    CHECK(row->team == team.id);
    readable.push_back(row->id.str());
  }
  for (const int limit : {1, 2, 50}) {
    const Texts listed = walk(
        limit,
        [&](const PageRequest& page) {
          return world.read<Page<ListedDeployment>>([&](Tx& tx) {
            return app::deployments(tx, world.stores(), scope, team.id.text(), "", page);
          });
        },
        [](const ListedDeployment& item) { return item.stamp.id.str(); });
    CHECK(listed == readable);
  }
}

void check_teams(World& world, const TenantScope& scope, const std::vector<OrgAt>& everywhere) {
  std::map<std::string, std::string> readable;  // By slug, the order of the list.
  const auto look = [&](std::string_view team) {
    const auto row =
        world.read<TeamRow>([&](Tx& tx) { return app::team(tx, world.stores(), scope, team); });
    if (row) readable.emplace(row->slug, row->id.str());
    return row.has_value();
  };
  look("default");
  for (const OrgAt& org : everywhere)
    for (const TeamAt& team : org.teams) {
      const bool seen = look(team.id.text());
      // Its deployments are as visible as the team, by any of the two names.
      if (seen || org.id == scope.org()) check_deployments(world, scope, team, everywhere);
    }
  Texts wanted;
  for (const auto& [slug, id] : readable) wanted.push_back(id);
  for (const int limit : {1, 2, 50}) {
    const Texts listed = walk(
        limit,
        [&](const PageRequest& page) {
          return world.read<Page<TeamRow>>(
              [&](Tx& tx) { return app::teams(tx, world.stores(), scope, page); });
        },
        [](const TeamRow& row) { return row.id.str(); });
    CHECK(listed == wanted);
  }
}

}  // namespace

TEST_CASE("for everybody, a list has exactly what they may read one by one") {
  std::size_t seen = 0, hidden = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U})
    for_each_engine([&](EngineCase& engine) {
      CAPTURE(seed);
      World world(engine, seed);
      for (const User& user : world.users) {
        const Caller caller = world.caller(user);
        std::set<std::string> mine, readable;
        for (const Membership& m : caller.memberships()) mine.insert(m.id.str());
        for (const OrgAt& org : world.orgs) {
          const auto scope = world.gate().tenant(caller, org.id);
          if (!scope) {
            ++hidden;
            continue;
          }
          ++seen;
          const auto read = world.read<Organization>(
              [&](Tx& tx) { return app::organization(tx, world.stores(), *scope); });
          if (read) readable.insert(read->id.str());
          check_teams(world, *scope, world.orgs);
        }
        CHECK(mine == readable);
      }
    });
  CHECK(seen > 10);
  CHECK(hidden > 3);
}

}  // namespace ks::test
