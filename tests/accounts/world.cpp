#include "tests/accounts/world.hpp"

#include <doctest/doctest.h>

#include "identity/host_gate.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

namespace {

const TestStatement<Scope::fleet, Rows::many, 0> kQueued(
    "queued_mails",
    "SELECT client_id, id, kind, sealed FROM mails WHERE state = 'queued' ORDER BY queued_at, id");
const TestStatement<Scope::fleet, Rows::one, 0> kMailCount("mail_count",
                                                           "SELECT COUNT(*) FROM mails");
const TestStatement<Scope::client, Rows::none, 1> kDisable(
    "disable", "UPDATE users SET state = 'disabled' WHERE client_id = ?1 AND email = ?2");
const TestStatement<Scope::fleet, Rows::none, 1> kPutClient(
    "put_client",
    "INSERT INTO clients (client_id, slug, name, state, created_at) "
    "VALUES (?1, 'other', 'Other', 'active', 0)");

Accounts::Options options_of(SignUpMode mode, const AccountBounds& bounds) {
  Accounts::Options options;
  options.sign_up = mode;
  options.bounds = bounds;
  options.limit_key = std::string(32, 'k');
  return options;
}

}  // namespace

ClientScope platform() {
  static const ClientScope kScope =
      HostGate(*parse_origin("http://localhost:8080")).admit("localhost:8080")->client;
  return kScope;
}

SessionGate::TrailPtr from(const std::string& address) {
  return std::make_shared<const Trail>(Trail{"test", address, "curl"});
}

AccountWorld::AccountWorld(EngineCase& engine, SignUpMode mode, mail::Switch mail,
                           const AccountBounds& bounds)
    : db(engine.database()),
      clock(engine.clock()),
      outbox(mail_store, envelope, clock, random, mail),
      accounts({db, store, links, audit, outbox, gate, hasher, clock, random},
               options_of(mode, bounds)) {}

Founding AccountWorld::founding() const {
  return [](Tx&, const PersonScope&, const TenantScope&, const UserRow&) -> Result<void> {
    return {};
  };
}

Result<void> AccountWorld::begin(const std::string& email, const std::string& password,
                                 const std::string& address) {
  tick();
  return accounts.begin_sign_up(client, {email, password, "Ann"}, from(address));
}

Result<SignedIn> AccountWorld::finish(const std::string& token, const std::string& password,
                                      const std::string& address) {
  tick();
  return accounts.finish_sign_up(client, token, password, from(address), founding());
}

Result<SignedIn> AccountWorld::sign_up(const std::string& email,
                                       const std::optional<AddressProof>& proof) {
  tick();
  return accounts.sign_up(client, {email, kPassword, "Ann"}, from("192.0.2.1"), founding(), proof);
}

Result<void> AccountWorld::forgot(const std::string& email, const std::string& address) {
  tick();
  return accounts.recovery().ask(client, email, from(address));
}

Result<void> AccountWorld::reset(const std::string& token, const std::string& password,
                                 const std::string& address) {
  tick();
  return accounts.recovery().finish(client, token, password, from(address));
}

Result<SignedIn> AccountWorld::login(const std::string& email, const std::string& password,
                                     const std::string& address) {
  tick();
  return accounts.login(client, email, password, std::nullopt, from(address));
}

SignedIn AccountWorld::somebody(const std::string& email) {
  auto in = sign_up(email, AddressProof{email});
  REQUIRE(in);
  return *in;
}

Result<Caller> AccountWorld::load(const std::string& token) {
  return gate.load(client, token, from("192.0.2.1"));
}

Result<void> AccountWorld::ask(const std::string& token, const std::string& email) {
  tick();
  KS_TRY(const Caller caller, load(token));
  asked_by = token;
  return accounts.address().ask(client, caller, email);
}

Result<void> AccountWorld::confirm(const std::string& token, std::optional<std::string> presented,
                                   const std::string& address) {
  tick();
  const std::string by = presented.value_or(asked_by);
  return accounts.address().confirm(client, token,
                                    by.empty() ? std::nullopt : std::optional<std::string_view>(by),
                                    from(address));
}

Result<void> AccountWorld::restore(const std::string& token, const std::string& password,
                                   const std::string& address) {
  tick();
  return accounts.address().restore(client, token, password, from(address));
}

std::vector<Mailed> AccountWorld::mails() {
  const auto read = db.fleet_read(kFleet, [&](Tx& tx) -> Result<std::vector<Mailed>> {
    KS_TRY(const auto rows, sql::sql_tx(tx).run(kFleet, *kQueued));
    std::vector<Mailed> out;
    for (const sql::Row& row : rows) {
      KS_TRY(const AddressedDraft draft,
             mail::unsealed(envelope, row.id<Client>(0), row.id<Mail>(1), row.text(3)));
      out.push_back({draft.to.text(), row.str(2), draft.draft.link ? draft.draft.link->path : "",
                     draft.draft.link ? draft.draft.link->token : ""});
    }
    return out;
  });
  REQUIRE(read);
  return *read;
}

Mailed AccountWorld::mail_to(const std::string& address) {
  const auto all = mails();
  for (auto at = all.rbegin(); at != all.rend(); ++at)
    if (at->to == address) return *at;
  FAIL("no mail waits for ", address);
  return {};
}

int AccountWorld::mail_rows() {
  const auto read = db.fleet_read(kFleet, [&](Tx& tx) -> Result<std::int64_t> {
    KS_TRY(const sql::Row row, sql::sql_tx(tx).run(kFleet, *kMailCount));
    return row.integer(0);
  });
  REQUIRE(read);
  return static_cast<int>(*read);
}

void AccountWorld::disable(const std::string& email) {
  const auto done = db.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(client, *kDisable, email));
    return {};
  });
  REQUIRE(done);
}

ClientScope AccountWorld::another_client() {
  const ClientId id = id_of<Client>(2);
  REQUIRE(db.fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(kFleet, *kPutClient, id));
    return {};
  }));
  return kFleet.client(id);
}

}  // namespace ks::test
