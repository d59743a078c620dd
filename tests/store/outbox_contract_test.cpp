// Mail in the outbox over each engine: what is queued, cancelled, claimed and settled.
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "mail/outbox.hpp"
#include "sql/mails.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

namespace {

const FleetScope kMail{FleetReason::mail};
const MailSubject kPassword{"user", "u1"};
const MailSubject kInvitation{"invitation", "i1"};
const std::string kToken = "canary0canary0canary0canary0canary0canary00";

Mail reset(const MailSubject& about = kPassword) {
  return {*EmailAddress::parse("ann@example.com"),
          mails::PasswordReset{LinkToken(kToken), Time{1'900'000'000'000'000}}, about};
}
Mail removed(const MailSubject& about) {
  return {*EmailAddress::parse("bob@example.com"), mails::MemberRemoved{{"Blue", "blue"}}, about};
}

// The outbox over one database, with two organizations.
struct World {
  explicit World(EngineCase& engine, mail::Switch mail = mail::Switch::on)
      : db(engine.database()), clock(engine.clock()), outbox(store, envelope, clock, random, mail) {
    REQUIRE(db.fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
      for (int i = 1; i <= 2; ++i)
        KS_CHECK(
            sql::sql_tx(tx).run(permit_on(id_of<Org>(i)), *kPutOrg, "org" + std::to_string(i)));
      return {};
    }));
  }

  template <class Proof>
  Result<void> queue(const Proof& proof, const Mail& mail) {
    return db.write([&](Tx& tx) { return outbox.queue(tx, proof, mail); });
  }
  template <class Proof>
  std::string state(const Proof& proof, const MailSubject& about) {
    const auto found = db.read([&](Tx& tx) { return outbox.delivery(tx, proof, about); });
    REQUIRE(found);
    return *found ? std::string(name((*found)->state)) : "none";
  }
  template <class Proof>
  int cancel(const Proof& proof, const MailSubject& about) {
    return *db.write([&](Tx& tx) { return outbox.cancel(tx, proof, about); });
  }
  std::vector<DueMail> due() {
    return *db.fleet_read(kMail, [&](Tx& tx) { return store.due(tx, kMail, clock.now(), 100); });
  }
  std::optional<ClaimedMail> claim(const DueMail& mail, Duration life = minutes(4)) {
    return *db.fleet_write(kMail, [&](Tx& tx) {
      return store.claim(tx, kMail, mail, clock.now(), clock.now() + life);
    });
  }
  bool sent(const ClaimedMail& mail) {
    return *db.fleet_write(kMail,
                           [&](Tx& tx) { return store.set_sent(tx, kMail, mail, clock.now()); });
  }

  Database& db;
  ManualClock& clock;
  SystemRandom random;
  sql::SqlMailStore store;
  Envelope envelope{std::string(32, 'k')};
  mail::SealedOutbox outbox;
  Permit<Action::sync_status, Org> blue = permit_on(id_of<Org>(1));
  Permit<Action::sync_status, Org> green = permit_on(id_of<Org>(2));
};

const TestStatement<Scope::fleet, Rows::many, 0> kSealed("sealed_mails",
                                                         "SELECT sealed FROM mails");

}  // namespace

TEST_CASE("a mail is there when its transaction is, and never was when that is taken back") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    CHECK_FALSE(world.db.write([&](Tx& tx) -> Result<void> {
      KS_CHECK(world.outbox.queue(tx, client_scope(), reset()));
      return invalid("taken back");
    }));
    CHECK(world.due().empty());
    CHECK(world.state(client_scope(), kPassword) == "none");
    REQUIRE(world.queue(client_scope(), reset()));
    CHECK(world.due().size() == 1);
    CHECK(world.state(client_scope(), kPassword) == "queued");
  });
}

TEST_CASE(
    "neither address nor token stands in the database in clear, and both go when it is sent") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    REQUIRE(world.queue(client_scope(), reset()));
    const auto sealed = [&] {
      return *world.db.fleet_read(kMail, [&](Tx& tx) -> Result<std::string> {
        KS_TRY(const auto rows, sql::sql_tx(tx).run(kMail, *kSealed));
        return rows.at(0).str(0);
      });
    };
    const std::string kept = sealed();
    CHECK_FALSE(kept.empty());
    for (const std::string& canary : {kToken, std::string("ann@example.com")})
      for (const std::string& text : {kept, *from_base64(kept)}) {
        CHECK(text.find(canary) == std::string::npos);
        CHECK(text.find(base64(canary)) == std::string::npos);
      }
    const auto mail = world.claim(world.due().at(0));
    REQUIRE(mail);
    const auto draft = mail::unsealed(world.envelope, mail->key.client, mail->key.id, mail->sealed);
    REQUIRE(draft);
    CHECK(draft->to.text() == "ann@example.com");
    CHECK(draft->draft.link->token == kToken);
    // Another row's, another client's.
    CHECK_FALSE(mail::unsealed(world.envelope, mail->key.client,
                               MailId::make(world.clock, world.random), mail->sealed));
    CHECK_FALSE(mail::unsealed(world.envelope, id_of<Client>(7), mail->key.id, mail->sealed));
    CHECK(world.sent(*mail));
    CHECK(sealed().empty());
    CHECK(world.state(client_scope(), kPassword) == "sent");
    CHECK(world.due().empty());
  });
}

TEST_CASE("what was revoked is not sent, not even where a try has begun and is to be repeated") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    REQUIRE(world.queue(world.blue, removed(kInvitation)));
    CHECK(world.cancel(world.blue, kInvitation) == 1);
    CHECK(world.due().empty());
    CHECK(world.state(world.blue, kInvitation) == "cancelled");
    CHECK(world.cancel(world.blue, kInvitation) == 0);

    REQUIRE(world.queue(world.blue, removed(kInvitation)));
    const auto due = world.due();
    const auto mail = world.claim(due.at(0));
    REQUIRE(mail);
    CHECK(world.cancel(world.blue, kInvitation) == 1);
    CHECK_FALSE(*world.db.fleet_write(kMail, [&](Tx& tx) {
      return world.store.set_again(tx, kMail, *mail, world.clock.now(), "later", world.clock.now());
    }));
    world.clock.advance(days(1));
    CHECK(world.due().empty());
    CHECK_FALSE(world.claim(due.at(0)));
    // Cancelled between being listed and being claimed.
    REQUIRE(world.queue(world.blue, removed(kInvitation)));
    const auto listed = world.due();
    CHECK(world.cancel(world.blue, kInvitation) == 1);
    CHECK_FALSE(world.claim(listed.at(0)));
  });
}

TEST_CASE(
    "an organization sees and cancels its own mail only, and a person's is no organization's") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    REQUIRE(world.queue(world.blue, removed(kInvitation)));
    REQUIRE(world.queue(client_scope(), reset(kInvitation)));
    CHECK(world.state(world.green, kInvitation) == "none");
    CHECK(world.cancel(world.green, kInvitation) == 0);
    CHECK(world.cancel(client_scope(), kInvitation) == 1);
    CHECK(world.state(world.blue, kInvitation) == "queued");
    CHECK(world.state(client_scope(), kInvitation) == "cancelled");
    CHECK(world.cancel(kFleet.client(id_of<Client>(2)), kInvitation) == 0);
    CHECK(world.cancel(world.blue, kInvitation) == 1);
  });
}

TEST_CASE("of many that claim a mail at once one gets it, and again when the claim has run out") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    REQUIRE(world.queue(client_scope(), reset()));
    const DueMail due = world.due().at(0);
    std::atomic<int> got{0};
    const auto all_claim = [&] {
      std::vector<std::thread> threads;
      for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] { got += world.claim(due).has_value() ? 1 : 0; });
      for (auto& thread : threads) thread.join();
    };
    all_claim();
    CHECK(got == 1);
    CHECK(world.due().empty());
    // Its process is gone.
    world.clock.advance(minutes(4));
    CHECK(world.due().size() == 1);
    all_claim();
    CHECK(got == 2);
  });
}

TEST_CASE("who lost a claim settles nothing") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    REQUIRE(world.queue(client_scope(), reset()));
    const DueMail due = world.due().at(0);
    const auto slow = world.claim(due, seconds(1));
    world.clock.advance(seconds(1));
    const auto next = world.claim(due);
    REQUIRE(slow);
    REQUIRE(next);
    CHECK(next->attempt == 2);
    CHECK_FALSE(world.sent(*slow));
    CHECK(world.state(client_scope(), kPassword) == "sending");
    CHECK(world.sent(*next));
    CHECK_FALSE(world.sent(*next));
  });
}

TEST_CASE("the newest mail about a thing tells its delivery, and old ones are forgotten") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    REQUIRE(world.queue(world.blue, removed(kInvitation)));
    const auto first = world.claim(world.due().at(0));
    REQUIRE(first);
    REQUIRE(*world.db.fleet_write(kMail, [&](Tx& tx) {
      return world.store.set_failed(tx, kMail, *first, "refused 550 5.1.1", world.clock.now());
    }));
    const auto delivery =
        *world.db.read([&](Tx& tx) { return world.outbox.delivery(tx, world.blue, kInvitation); });
    REQUIRE(delivery);
    CHECK(delivery->state == MailState::failed);
    CHECK(delivery->reason == "refused 550 5.1.1");
    CHECK(delivery->attempts == 1);
    world.clock.advance(minutes(1));
    REQUIRE(world.queue(world.blue, removed(kInvitation)));
    CHECK(world.state(world.blue, kInvitation) == "queued");
    const auto waiting =
        *world.db.fleet_read(kMail, [&](Tx& tx) { return world.store.waiting(tx, kMail); });
    CHECK(waiting.queued == 1);
    CHECK(waiting.sending == 0);
    CHECK(waiting.oldest == world.clock.now());
    CHECK(world.cancel(world.blue, kInvitation) == 1);
    REQUIRE(world.db.fleet_write(kMail, [&](Tx& tx) {
      return world.store.forget_settled(tx, kMail, world.clock.now() + seconds(1), 10);
    }));
    CHECK(world.state(world.blue, kInvitation) == "none");
  });
}

TEST_CASE(
    "while mail is off what only tells something is dropped, and the rest says why it fails") {
  for_each_engine([](EngineCase& engine) {
    World world(engine, mail::Switch::off);
    CHECK_FALSE(world.outbox.on());
    CHECK(world.queue(world.blue, removed(kInvitation)));
    const auto refused = world.queue(client_scope(), reset());
    REQUIRE(!refused);
    CHECK(refused.error().problem == "mail_off");
    CHECK(world.due().empty());
  });
}

}  // namespace ks::test
