#include "tests/people/world.hpp"

#include <doctest/doctest.h>

#include "app/organizations.hpp"
#include "tests/store/statements.hpp"

namespace ks::people_test {

namespace {

const SessionGate::TrailPtr kTrail = std::make_shared<const Trail>();

const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 1> kBusiness(
    "business", "UPDATE subscriptions SET plan_key = 'business' WHERE org_id = ?1");
const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 2> kState(
    "state", "UPDATE organizations SET state = ?2 WHERE id = ?1");
const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 0> kQueued(
    "queued", "SELECT client_id, id, sealed FROM mails WHERE state = 'queued' ORDER BY id");
const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 2> kSeats(
    "seats",
    "INSERT INTO entitlement_overrides (client_id, org_id, feature, value, starts_at, ends_at, "
    "reason, by_user) SELECT o.client_id, o.id, 'members.max', ?2, 0, 0, 'test', m.user_id "
    "FROM organizations AS o JOIN org_members AS m ON m.org_id = o.id AND m.role = 'org_owner' "
    "WHERE o.id = ?1");

}  // namespace

World::World(test::EngineCase& engine, std::uint64_t seed)
    : engine_(engine),
      random_(seed),
      stores_(std::string(32, 'k'), engine.clock(), random_),
      outbox_(stores_.mails, stores_.envelope, engine.clock(), random_, mail::Switch::on) {
  if (engine.is_postgres()) other_ = engine.open_another();
  for (std::size_t i = 0; i < (other_ ? 2U : 1U); ++i)
    gates_.push_back(
        std::make_unique<SessionGate>(database(i), stores_.accounts, engine.clock(), random_));
}

ClientScope World::client() const { return test::client_scope(); }

void World::sign_in(Person& person) {
  person.token = random_token(random_, 32);
  REQUIRE(database().write([&](Tx& tx) {
    return stores_.accounts.create_session(
        tx, client(),
        NewSession{SessionId::make(engine_.clock(), random_), SessionGate::token_hash(person.token),
                   person.id, engine_.clock().now()});
  }));
}

World::Person& World::add(const std::string& name, Rank rank) {
  // Ids tell in which order they were made.
  engine_.clock().advance(milliseconds(2));
  people_.push_back(std::make_unique<Person>(
      Person{UserId::make(engine_.clock(), random_), name, name + "@example.com", {}}));
  Person& person = *people_.back();
  REQUIRE(database().write([&](Tx& tx) {
    return stores_.accounts.create_user(
        tx, client(),
        NewUser{person.id, person.email, name, "", rank == Rank::platform_admin,
                engine_.clock().now()});
  }));
  sign_in(person);
  return person;
}

const World::Person& World::add_person(const std::string& name) { return add(name, Rank::person); }

void World::renew_sessions() {
  for (const auto& person : people_) sign_in(*person);
}

OrgId World::found(const Person& owner, const std::string& name) {
  const auto made = database().write([&](Tx& tx) -> Result<OrgId> {
    KS_TRY(const Caller caller, gates_[0]->load_in(tx, client(), owner.token, kTrail));
    const TenantScope scope = gates_[0]->founding(caller.person());
    KS_CHECK(app::found(tx, stores(), scope, name, std::nullopt));
    return scope.org();
  });
  REQUIRE(made);
  REQUIRE(database().fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kBusiness, *made));
    return {};
  }));
  return *made;
}

void World::set_seats(const OrgId& org, std::int64_t seats) {
  REQUIRE(database().fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kSeats, org, std::to_string(seats)));
    return {};
  }));
}

void World::set_state(const OrgId& org, const std::string& state) {
  REQUIRE(database().fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kState, org, state));
    return {};
  }));
}

Outcome World::write(const Person& who, const OrgId& org, const Act& act, std::size_t process) {
  return outcome_of(database(process).write([&](Tx& tx) -> Result<void> {
    const SessionGate& gate = *gates_[process];
    KS_TRY(const Caller caller, gate.load_in(tx, client(), who.token, kTrail));
    KS_TRY(const TenantScope scope, gate.tenant(caller, org));
    return act(tx, scope);
  }));
}

Outcome World::end_of(const Person& who, const OrgId& org, const Act& act) {
  return outcome_of(database().write([&](Tx& tx) -> Result<void> {
    KS_TRY(const Caller caller, gates_[0]->load_in(tx, client(), who.token, kTrail));
    KS_TRY(const TenantScope scope, gates_[0]->ending(caller, org.text()));
    return act(tx, scope);
  }));
}

Outcome World::administer(const OrgId& org, const Act& act, std::size_t process) {
  if (administrator_ == nullptr) administrator_ = &add("root", Rank::platform_admin);
  return outcome_of(database(process).write([&](Tx& tx) -> Result<void> {
    const SessionGate& gate = *gates_[process];
    KS_TRY(const Caller caller, gate.load_in(tx, client(), administrator_->token, kTrail));
    KS_TRY(const TenantScope scope, gate.administration(caller, org));
    return act(tx, scope);
  }));
}

Outcome World::answer(const Person& who, const OrgId& org, const Answer& act, std::size_t process) {
  return outcome_of(database(process).write([&](Tx& tx) -> Result<void> {
    KS_TRY(const Caller caller, gates_[process]->load_in(tx, client(), who.token, kTrail));
    return act(tx, SessionGate::invited(caller.person(), org),
               app::Guest{caller.user().email, caller.user().name});
  }));
}

Outcome World::answer_as_nobody(const OrgId& org,
                                const std::function<Result<void>(Tx&, const TenantScope&)>& act) {
  return outcome_of(database().write(
      [&](Tx& tx) { return act(tx, SessionGate::invited(client(), org, kTrail)); }));
}

std::vector<AddressedDraft> World::waiting() {
  std::vector<AddressedDraft> out;
  REQUIRE(database().fleet_read(test::kFleet, [&](Tx& tx) -> Result<void> {
    out.clear();
    KS_TRY(const auto rows, sql::sql_tx(tx).run(test::kFleet, *kQueued));
    for (const sql::Row& row : rows) {
      KS_TRY(auto draft,
             mail::unsealed(stores_.envelope, row.id<Client>(0), row.id<ks::Mail>(1), row.text(2)));
      out.push_back(std::move(draft));
    }
    return {};
  }));
  return out;
}

std::optional<std::string> World::mailed_token(const std::string& address) {
  std::optional<std::string> out;
  for (const AddressedDraft& mail : waiting())
    if (mail.to.text() == address && mail.draft.kind == "invitation") {
      CHECK(mail.draft.link->path == "/invitation");
      out = mail.draft.link->token;
    }
  return out;
}

std::vector<std::string> World::mails() {
  std::vector<std::string> out;
  for (const AddressedDraft& mail : waiting())
    out.push_back(mail.draft.kind + " " + mail.to.text());
  return out;
}

Outcome World::with_caller(const Person& who, std::size_t process,
                           const std::function<Result<void>(Tx&, const Caller&)>& act) {
  SessionGate& gate = *gates_[process];
  Database& db = database(process);
  if (const auto known = gate.cached(client(), who.token, kTrail)) {
    const auto result =
        db.read(known->guard(), [&](Tx& tx) -> Result<void> { return act(tx, *known); });
    if (result || result.error().problem != Database::kStaleGuard) return outcome_of(result);
  }
  const auto caller = gate.load(client(), who.token, kTrail);
  if (!caller) return outcome_of(caller);
  return outcome_of(
      db.read(caller->guard(), [&](Tx& tx) -> Result<void> { return act(tx, *caller); }));
}

Outcome World::read(const Person& who, const OrgId& org, const Act& act, std::size_t process) {
  return with_caller(who, process, [&](Tx& tx, const Caller& caller) -> Result<void> {
    KS_TRY(const TenantScope scope, gates_[process]->tenant(caller, org));
    return act(tx, scope);
  });
}

std::vector<std::string> World::audited(const std::string& target_kind) {
  static const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 1> kAudited(
      "audited_things", "SELECT detail FROM audit WHERE target_kind = ?1 ORDER BY at, seq");
  std::vector<std::string> out;
  REQUIRE(database().fleet_read(test::kFleet, [&](Tx& tx) -> Result<void> {
    out.clear();
    KS_TRY(const auto rows, sql::sql_tx(tx).run(test::kFleet, *kAudited, target_kind));
    for (const sql::Row& row : rows) out.push_back(row.str(0));
    return {};
  }));
  return out;
}

std::vector<Membership> World::memberships(const Person& who, std::size_t process) {
  std::vector<Membership> out;
  CHECK(with_caller(who, process, [&](Tx&, const Caller& caller) -> Result<void> {
          out = caller.memberships();
          return {};
        }) == "");
  return out;
}

}  // namespace ks::people_test
