#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "api/kept/deployment_writer.hpp"
#include "api/present.hpp"
#include "app/organizations.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "sql/statements.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

template <class T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), result.error().problem << " " << result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// One database with what the handlers need of the program.
class TextsWorld {
 public:
  explicit TextsWorld(EngineCase& engine)
      : db(engine.database()),
        clock(engine.clock()),
        stores(std::string(32, 'k'), engine.clock(), random),
        gate(db, stores.accounts, clock, random),
        hasher(random, PasswordCost::least(), 1, 1),
        accounts(stores.for_accounts(db, outbox, gate, hasher, clock, random), options()),
        invitation_tries(db, stores.accounts, clock, {.limit_key = std::string(32, 'l')}),
        hosts(must(parse_origin(base))),
        templates(TemplateCatalogue::system()),
        services{db,
                 app_stores(),
                 gate,
                 accounts,
                 invitation_tries,
                 hosts,
                 limits,
                 SessionCookie(must(parse_origin(base))),
                 templates,
                 {},
                 api::Cursors(std::string(32, 'c')),
                 std::string(32, 'i'),
                 base,
                 "apps.localhost",
                 "http",
                 true,
                 false,
                 "open",
                 days(90),
                 minutes(15),
                 "1",
                 {}} {}

  struct Person {
    std::string token;
    UserId user;
  };
  Person person(const std::string& name) {
    const UserId id = UserId::make(clock, random);
    Person out{random_token(random, 32), id};
    must(db.write([&](Tx& tx) -> Result<void> {
      KS_CHECK(stores.accounts.create_user(
          tx, client(),
          {id, random_token(random, 8) + "@example.com", name, "", false, clock.now()}));
      return stores.accounts.create_session(
          tx, client(),
          {SessionId::make(clock, random), SessionGate::token_hash(out.token), id, clock.now()});
    }));
    return out;
  }
  // The person's own organization on a plan that has room.
  OrgId found(const Person& owner) {
    return must(db.write([&](Tx& tx) -> Result<OrgId> {
      KS_TRY(const Caller caller, gate.load_in(tx, client(), owner.token, trail));
      KS_TRY(const app::Founded founded,
             app::found(tx, app_stores(), gate.founding(caller.person()), random_token(random, 6),
                        std::nullopt));
      return founded.org;
    }));
  }
  void join(const Person& owner, const OrgId& org, const Person& member, TeamRole role) {
    must(db.write([&](Tx& tx) -> Result<void> {
      KS_TRY(const TenantScope scope, scope_in(tx, owner, org));
      KS_TRY(const auto permit, stores.authorizer.require<Action::org_update>(scope));
      auto& sql = sql::sql_tx(tx);
      KS_CHECK(sql.run(permit, sql::q::org_member_create, member.user, name(OrgRole::member),
                       clock.now()));
      KS_CHECK(sql.run(permit, sql::q::team_member_create, team_of(scope), member.user, name(role),
                       clock.now()));
      return stores.accounts.raise_authz_version(tx, client(), member.user, clock.now());
    }));
  }
  Result<TenantScope> scope_in(Tx& tx, const Person& who, const OrgId& org) {
    KS_TRY(const Caller caller, gate.load_in(tx, client(), who.token, trail));
    return gate.tenant(caller, org);
  }
  static TeamId team_of(const TenantScope& scope) { return scope.standing().teams.at(0).team; }

  DeploymentRow create(const Person& who, const OrgId& org, const std::string& name,
                       const Workload& workload, std::optional<DeploymentId> id = std::nullopt) {
    return must(db.write([&](Tx& tx) -> Result<DeploymentRow> {
      KS_TRY(const TenantScope scope, scope_in(tx, who, org));
      const TeamId team = team_of(scope);
      KS_TRY(const auto permit,
             stores.authorizer.require<Action::deployments_create>(tx, scope, team));
      KS_TRY(auto sandbox, stores.sandboxes.find(tx, permit, who.user, std::nullopt));
      if (!sandbox) {
        const NewSandbox fresh{SandboxId::make(clock, random),
                               who.user,
                               std::nullopt,
                               random_token(random, 9),
                               "claim",
                               Isolation::shared,
                               clock.now()};
        KS_CHECK(stores.sandboxes.create(tx, permit, fresh));
        sandbox = SandboxRow{fresh.id, fresh.namespace_};
      }
      const NewDeployment fresh{id.value_or(DeploymentId::make(clock, random)),
                                sandbox->id,
                                name,
                                name + "-" + random_token(random, 9),
                                "",
                                workload,
                                who.user,
                                clock.now()};
      KS_CHECK(stores.deployments.create(tx, permit, fresh, {}));
      return app::deployment(tx, app_stores(), scope, team.text(), fresh.id.text());
    }));
  }
  void set_status(const OrgId& org, const DeploymentId& id, Phase phase, std::string_view reason,
                  std::string_view message, const Json& status) {
    static const TestStatement<Scope::tenant, Rows::one, 1> kGeneration(
        "generation",
        "SELECT generation FROM deployments WHERE client_id = ?1 AND org_id = ?2 AND id = ?3");
    must(db.write([&](Tx& tx) -> Result<void> {
      const TenantScope scope = kFleet.tenant(platform_client(), org);
      KS_TRY(const auto permit, stores.authorizer.require<Action::sync_status>(scope));
      KS_TRY(const auto row, sql::sql_tx(tx).run(permit, *kGeneration, id));
      KS_CHECK(
          stores.sync.set_status(tx, permit, id, row.integer(0), phase, reason, message, status));
      return {};
    }));
  }
  void rename(const Person& who, const std::string& to) {
    static const TestStatement<Scope::client, Rows::none, 2> kRename(
        "rename", "UPDATE users SET name = ?3 WHERE client_id = ?1 AND id = ?2");
    must(db.write([&](Tx& tx) { return sql::sql_tx(tx).run(client(), *kRename, who.user, to); }));
  }
  bool revise(const Person& who, const OrgId& org, const DeploymentId& id,
              const Workload& workload) {
    return must(db.write([&](Tx& tx) -> Result<bool> {
      KS_TRY(const TenantScope scope, scope_in(tx, who, org));
      const TeamId team = team_of(scope);
      KS_TRY(const DeploymentRow now,
             app::deployment(tx, app_stores(), scope, team.text(), id.text()));
      KS_TRY(const auto permit,
             stores.authorizer.require<Action::deployments_update>(tx, scope, team));
      return stores.deployments.revise(tx, permit, id, now.version, workload, who.user,
                                       clock.now());
    }));
  }
  bool begin_delete(const Person& who, const OrgId& org, const DeploymentId& id) {
    return must(db.write([&](Tx& tx) -> Result<bool> {
      KS_TRY(const TenantScope scope, scope_in(tx, who, org));
      KS_TRY(const auto permit,
             stores.authorizer.require<Action::deployments_delete>(tx, scope, team_of(scope)));
      return stores.deployments.begin_delete(tx, permit, id, clock.now());
    }));
  }
  void set_role(const OrgId& org, const Person& member, TeamRole role) {
    static const TestStatement<Scope::tenant, Rows::none, 2> kSetRole(
        "set_role",
        "UPDATE team_members SET role = ?4 WHERE client_id = ?1 AND org_id = ?2 AND user_id = ?3");
    must(db.write([&](Tx& tx) -> Result<void> {
      KS_CHECK(sql::sql_tx(tx).run(permit_on(org), *kSetRole, member.user, name(role)));
      return stores.accounts.raise_authz_version(tx, client(), member.user, clock.now());
    }));
  }
  // As the GET of one deployment writes it.
  std::string written(const Person& who, const OrgId& org, const DeploymentId& id) {
    return must(db.read([&](Tx& tx) -> Result<std::string> {
      KS_TRY(const TenantScope scope, scope_in(tx, who, org));
      const std::string team = team_of(scope).str();
      KS_TRY(const DeploymentStamp stamp,
             app::deployment_stamp(tx, app_stores(), scope, team, id.text()));
      std::string out;
      KS_CHECK(api::DeploymentWriter(texts, services, scope).append(out, stamp, [&] {
        return app::deployment(tx, app_stores(), scope, team, id.text());
      }));
      return out;
    }));
  }
  // As the list writes its items.
  std::vector<std::string> listed(const Person& who, const OrgId& org) {
    return must(db.read([&](Tx& tx) -> Result<std::vector<std::string>> {
      KS_TRY(const TenantScope scope, scope_in(tx, who, org));
      KS_TRY(const auto page,
             app::deployments(tx, app_stores(), scope, team_of(scope).text(), "", {200, ""}));
      api::DeploymentWriter writer(texts, services, scope);
      std::vector<std::string> out;
      for (const auto& item : page.items)
        KS_CHECK(writer.append(out.emplace_back(), item.stamp, item.row));
      return out;
    }));
  }
  DeploymentRow row(const Person& who, const OrgId& org, const DeploymentId& id) {
    return must(db.read([&](Tx& tx) -> Result<DeploymentRow> {
      KS_TRY(const TenantScope scope, scope_in(tx, who, org));
      return app::deployment(tx, app_stores(), scope, team_of(scope).text(), id.text());
    }));
  }
  // As it is made from the row alone.
  std::string afresh(const Person& who, const OrgId& org, const DeploymentId& id) {
    const DeploymentRow now = row(who, org, id);
    return must(db.read([&](Tx& tx) -> Result<std::string> {
      KS_TRY(const TenantScope scope, scope_in(tx, who, org));
      return api::present(now, scope, services).dump();
    }));
  }
  void check(const Person& who, const OrgId& org, const DeploymentId& id) {
    const std::string wanted = afresh(who, org, id);
    // Twice: from the row where no text holds, then from the text.
    for (int i = 0; i < 2; ++i) {
      CHECK(written(who, org, id) == wanted);
      const auto list = listed(who, org);
      CHECK(std::ranges::find(list, wanted) != list.end());
    }
  }

  app::Stores app_stores() { return stores.for_app(outbox, clock, random); }
  ClientScope client() const { return kFleet.client(platform_client()); }

  Database& db;
  ManualClock& clock;
  SystemRandom random;
  SqlStores stores;
  mail::SealedOutbox outbox{stores.mails, stores.envelope, clock, random, mail::Switch::off};
  SessionGate gate;
  PasswordHasher hasher;
  Accounts accounts;
  InvitationTries invitation_tries;
  const std::string base = "http://localhost";
  HostGate hosts;
  api::RequestLimits limits{{}, random};
  TemplateCatalogue templates;
  api::Services services;
  api::DeploymentTexts texts;
  SessionGate::TrailPtr trail = std::make_shared<const Trail>(Trail{"test", "192.0.2.1"});

 private:
  static Accounts::Options options() {
    Accounts::Options out;
    out.limit_key = std::string(32, 'l');
    return out;
  }
};

}  // namespace ks::test
