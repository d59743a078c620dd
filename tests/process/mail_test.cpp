// The real program sends what is in its outbox, and is killed while it does.
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/digest.hpp"
#include "mail/outbox.hpp"
#include "mail/smtp_sink.hpp"
#include "sql/database.hpp"
#include "sql/mails.hpp"
#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;
using ks::mail::test::SinkCertificate;
using ks::mail::test::SmtpSink;

namespace {

const std::string kToken = "canary0canary0canary0canary0canary0canary00";

// As a use case of the program would, while it does not run.
void queue(Installation& world, int count) {
  const SystemClock clock;
  SystemRandom random;
  sql::DatabaseOptions options;
  options.dsn = world.settings()["DATABASE_DSN"];
  if (world.kind() == Installation::Kind::postgres)
    options.owner_dsn = world.settings()["DATABASE_OWNER_DSN"];
  options.auto_migrate = true;
  auto db = sql::open_database(options, clock);
  REQUIRE_MESSAGE(db.has_value(), (db ? "" : db.error().message));
  sql::SqlMailStore store;
  const Envelope envelope(derive_key(world.secrets_key(), "envelope"));
  mail::SealedOutbox outbox(store, envelope, clock, random, mail::Switch::on);
  const ClientScope scope = FleetScope(FleetReason::setup).client(platform_client());
  for (int n = 0; n < count; ++n) {
    const Mail mail{*EmailAddress::parse(fmt::format("canary{}@example.com", n)),
                    mails::PasswordReset{LinkToken(kToken), clock.now() + hours(1)},
                    MailSubject{"user", std::to_string(n)}};
    REQUIRE((*db)->write([&](Tx& tx) { return outbox.queue(tx, scope, mail); }));
  }
}

std::string with_state(const Installation& world, const std::string& state) {
  return world.query("SELECT COUNT(*) FROM mails WHERE state = '" + state + "'");
}

void point_at(Installation& world, const SmtpSink& sink, const std::string& scheme = "smtp",
              const std::string& credentials = {}) {
  world.settings()["SMTP_URL"] =
      fmt::format("{}://{}localhost:{}", scheme, credentials, sink.port());
  world.settings()["MAIL_FROM"] = "K8s Scheduler <noreply@ks.example.com>";
}

bool says_canary(const std::string& text) { return text.find("canary") != std::string::npos; }

}  // namespace

TEST_CASE("killed again and again while it sends, the program loses no mail") {
  if (!SmtpSink::available()) return;
  on_both_engines([](Installation& world) {
    constexpr int kMails = 16;
    constexpr int kInHand = 4;
    const SmtpSink sink;
    sink.set_mode("slow");
    point_at(world, sink);
    queue(world, kMails);
    int kills = 0;
    for (; with_state(world, "sent") != std::to_string(kMails); ++kills) {
      REQUIRE(kills < 40);
      const auto server = world.launch();
      const std::size_t before = sink.taken().size();
      // Some die with mail in hand, some when it was taken and nothing is written down yet.
      REQUIRE(eventually(seconds(60), [&] {
        return sink.taken().size() > before || with_state(world, "sent") == std::to_string(kMails);
      }));
      server->kill9();
      REQUIRE(eventually(seconds(30), [&] { return world.connections() == 0; }));
      world.expire_leases();
      // As if the claims of the dead had run out.
      world.execute("UPDATE mails SET next_at = 0 WHERE state = 'sending'");
    }
    std::map<std::string, int> times;
    for (const auto& taken : sink.taken()) {
      CHECK(taken.to.size() == 1);
      ++times[taken.id()];
    }
    CHECK(times.size() == kMails);
    // Twice only what a killed process had in hand.
    CHECK(sink.taken().size() <= static_cast<std::size_t>(kMails + kills * kInHand));
    CHECK(world.query("SELECT COUNT(*) FROM mails WHERE sealed <> ''") == "0");
    CHECK_FALSE(says_canary(world.output()));
  });
}

TEST_CASE("the program sends over TLS to a server it can verify, and shows its password nowhere") {
  if (!SmtpSink::available()) return;
  on_both_engines([](Installation& world) {
    const TempFolder good_folder, bad_folder;
    const SinkCertificate good(good_folder.path(), "DNS:localhost");
    const SinkCertificate bad(bad_folder.path(), "DNS:localhost");
    const SmtpSink sink(SmtpSink::Tls::implicit_, &good, "user:canary-password");
    point_at(world, sink, "smtps", "user:canary-password@");
    queue(world, 1);
    world.settings()["CA_FILE"] = bad.authority;
    {
      const auto server = world.start();
      REQUIRE(eventually(seconds(30), [&] {
        return with_state(world, "queued") == "1" &&
               world.query("SELECT attempts FROM mails") == "1";
      }));
      CHECK(world.query("SELECT reason FROM mails").starts_with("tls"));
      CHECK(server->stop() == 0);
    }
    CHECK(sink.taken().empty());
    world.settings()["CA_FILE"] = good.authority;
    world.execute("UPDATE mails SET next_at = 0");
    const auto server = world.start();
    REQUIRE(eventually(seconds(30), [&] { return with_state(world, "sent") == "1"; }));
    CHECK(sink.taken().size() == 1);
    CHECK(server->stop() == 0);
    const auto checked = world.run({"config", "check"});
    CHECK(checked.status == 0);
    CHECK(checked.out.find("SMTP_URL=smtps://user:***@localhost") != std::string::npos);
    CHECK_FALSE(says_canary(world.output()));
  });
}
