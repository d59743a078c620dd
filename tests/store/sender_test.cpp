// The worker that sends, over each engine and against a real mail server. Time is the test's own.
#include "mail/sender.hpp"

#include <filesystem>
#include <fstream>
#include <map>

#include <doctest/doctest.h>
#include <poll.h>

#include "domain/mail/draft.hpp"
#include "mail/folder.hpp"
#include "mail/outbox.hpp"
#include "mail/smtp.hpp"
#include "mail/smtp_sink.hpp"
#include "sql/journal.hpp"
#include "sql/mails.hpp"
#include "sql/sync.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

namespace {

using mail::test::SmtpSink;

const FleetScope kMail{FleetReason::mail};
const std::string kToken = "canary0canary0canary0canary0canary0canary00";

bool eventually(const std::function<bool()>& question) {
  const SystemClock clock;
  const Time end = clock.monotonic() + seconds(30);
  while (!question()) {
    if (clock.monotonic() > end) return false;
    ::poll(nullptr, 0, 10);
  }
  return true;
}

mail::Brand brand() {
  return {.product = "K8s Scheduler",
          .sender_name = "K8s Scheduler",
          .sender = *EmailAddress::parse("noreply@ks.example.com"),
          .reply_to = std::nullopt,
          .base = mail::BaseUrl("https://ks.example.com")};
}

// One process that sends.
class Process {
 public:
  Process(Database& db, int port, const Clock& clock, Random& random)
      : Process(db, std::make_unique<mail::SmtpTransport>(server(port)), clock, random) {}
  Process(Database& db, std::unique_ptr<mail::Transport> transport, const Clock& clock,
          Random& random)
      : audit_writer_(std::string(32, 'a'), random),
        journal_(audit_writer_),
        leases_(journal_, clock),
        transport_(std::move(transport)),
        sender_(
            {db, mails_, leases_, envelope_, *transport_, [](const ClientId&) { return brand(); }},
            settings(), clock, random) {
    sender_.start(loops_.at(0));
  }
  ~Process() { stop(); }
  void stop() {
    sender_.stop();
    sender_.wait_stopped();
  }
  std::string trouble() const { return sender_.trouble(); }

 private:
  static mail::SmtpServer server(int port) {
    mail::SmtpServer out;
    out.host = "127.0.0.1";
    out.port = static_cast<std::uint16_t>(port);
    out.tls = mail::SmtpTls::none;
    return out;
  }
  static mail::SenderConfig settings() {
    mail::SenderConfig out;
    out.renew = milliseconds(50);
    out.poll = milliseconds(10);
    return out;
  }
  runtime::LoopGroup loops_{1};
  sql::AuditWriter audit_writer_;
  sql::SqlJournal journal_;
  sql::SqlSyncStore leases_;
  sql::SqlMailStore mails_;
  Envelope envelope_{std::string(32, 'k')};
  std::unique_ptr<mail::Transport> transport_;
  mail::Sender sender_;
};

struct World {
  explicit World(EngineCase& e) : engine(e), db(e.database()), clock(e.clock()) {}

  // What a server of a newer version has queued, of a kind that there is no text for.
  MailSubject queue_of_newer_version() {
    const MailSubject about{"user", "newer"};
    const MailId id = MailId::make(clock, random);
    const AddressedDraft draft{*EmailAddress::parse("ann@example.com"),
                               Locale::en,
                               {.kind = "of_a_newer_version",
                                .places = {},
                                .link = std::nullopt,
                                .useful_until = std::nullopt}};
    const Time now = clock.now();
    const NewMail row{
        id,
        draft.draft.kind,
        about,
        envelope.seal_for(random, client_scope().client(), "mail/" + id.str(), to_text(draft)),
        now,
        now + hours(24),
        std::nullopt};
    REQUIRE(db.write([&](Tx& tx) { return store.create(tx, client_scope(), row); }));
    return about;
  }

  MailSubject queue(int n = 0) {
    const MailSubject about{"user", std::to_string(n)};
    const Mail mail{*EmailAddress::parse("ann" + std::to_string(n) + "@example.com"),
                    mails::PasswordReset{LinkToken(kToken), clock.now() + hours(48)}, about};
    REQUIRE(db.write([&](Tx& tx) { return outbox.queue(tx, client_scope(), mail); }));
    return about;
  }
  std::optional<MailDelivery> delivery(const MailSubject& about) {
    return *db.read([&](Tx& tx) { return outbox.delivery(tx, client_scope(), about); });
  }
  bool becomes(const MailSubject& about, MailState state, int attempts) {
    return eventually([&] {
      const auto found = delivery(about);
      return found && found->state == state && found->attempts == attempts;
    });
  }
  std::unique_ptr<Process> process() {
    return std::make_unique<Process>(db, sink.port(), clock, random);
  }

  EngineCase& engine;
  Database& db;
  ManualClock& clock;
  SystemRandom random;
  SmtpSink sink;
  sql::SqlMailStore store;
  Envelope envelope{std::string(32, 'k')};
  mail::SealedOutbox outbox{store, envelope, clock, random, mail::Switch::on};
};

void on_each_engine(const std::function<void(World&)>& promise) {
  if (!SmtpSink::available()) return;
  for_each_engine([&](EngineCase& engine) {
    World world(engine);
    promise(world);
  });
}

}  // namespace

TEST_CASE("what was queued arrives, with its link, and is wiped") {
  on_each_engine([](World& world) {
    const auto about = world.queue();
    const auto process = world.process();
    REQUIRE(world.becomes(about, MailState::sent, 1));
    const auto taken = world.sink.taken();
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].to == std::vector<std::string>{"ann0@example.com"});
    CHECK(taken[0].content.find("https://ks.example.com/reset#") != std::string::npos);
    // What comes later is noticed.
    CHECK(world.becomes(world.queue(1), MailState::sent, 1));
  });
}

TEST_CASE("a mail that was put off is tried again later, not before, and arrives once") {
  on_each_engine([](World& world) {
    world.sink.set_mode("greylist");
    const auto about = world.queue();
    const auto process = world.process();
    REQUIRE(world.becomes(about, MailState::queued, 1));
    CHECK(world.delivery(about)->reason == "deferred 451 4.7.1");
    // Others are not held up, and it still waits after they went.
    world.sink.set_mode("ok");
    REQUIRE(world.becomes(world.queue(1), MailState::sent, 1));
    world.clock.advance(seconds(40));
    REQUIRE(world.becomes(world.queue(2), MailState::sent, 1));
    CHECK(world.delivery(about)->attempts == 1);
    world.clock.advance(seconds(40));
    REQUIRE(world.becomes(about, MailState::sent, 2));
    CHECK(world.sink.taken().size() == 3);
  });
}

TEST_CASE("a refused mail fails with the reason and is not tried again") {
  on_each_engine([](World& world) {
    world.sink.set_mode("refuse");
    const auto about = world.queue();
    const auto process = world.process();
    REQUIRE(world.becomes(about, MailState::failed, 1));
    CHECK(world.delivery(about)->reason == "refused 550 5.1.1");
    world.sink.set_mode("ok");
    world.clock.advance(hours(2));
    REQUIRE(world.becomes(world.queue(1), MailState::sent, 1));
    CHECK(world.sink.taken().size() == 1);
  });
}

TEST_CASE("where the server breaks off without a word the mail is sent again under the same id") {
  on_each_engine([](World& world) {
    world.sink.set_mode("break");
    const auto about = world.queue();
    const auto process = world.process();
    REQUIRE(world.becomes(about, MailState::queued, 1));
    world.sink.set_mode("ok");
    world.clock.advance(minutes(2));
    REQUIRE(world.becomes(about, MailState::sent, 2));
    const auto taken = world.sink.taken();
    REQUIRE(taken.size() == 2);
    CHECK_FALSE(taken[0].id().empty());
    CHECK(taken[0].content == taken[1].content);
  });
}

TEST_CASE("what no server takes for a day has failed, with the last reason") {
  on_each_engine([](World& world) {
    world.sink.set_mode("greylist");
    Process process(world.db, 1, world.clock, world.random);  // Nobody listens there.
    const auto about = world.queue();
    REQUIRE(world.becomes(about, MailState::queued, 1));
    CHECK(eventually([&] { return !process.trouble().empty(); }));
    for (int tries = 2; world.delivery(about)->state == MailState::queued; ++tries) {
      REQUIRE(tries < 60);
      world.clock.advance(minutes(73));
      REQUIRE(eventually([&] {
        const auto now = world.delivery(about);
        return now->attempts == tries && now->state != MailState::sending;
      }));
    }
    const auto found = world.delivery(about);
    CHECK(found->state == MailState::failed);
    CHECK(found->changed_at - found->queued_at <= hours(25));
    CHECK(found->changed_at - found->queued_at >= hours(22));
  });
}

TEST_CASE("a mail that was cancelled while it waited for another try is never sent") {
  on_each_engine([](World& world) {
    world.sink.set_mode("greylist");
    const auto about = world.queue();
    const auto process = world.process();
    REQUIRE(world.becomes(about, MailState::queued, 1));
    CHECK(*world.db.write([&](Tx& tx) { return world.outbox.cancel(tx, client_scope(), about); }) ==
          1);
    world.sink.set_mode("ok");
    world.clock.advance(hours(2));
    REQUIRE(world.becomes(world.queue(1), MailState::sent, 1));
    CHECK(world.delivery(about)->state == MailState::cancelled);
    CHECK(world.sink.taken().size() == 1);
  });
}

TEST_CASE("a mail of a kind of another version waits for it, and holds up no other") {
  on_each_engine([](World& world) {
    const auto about = world.queue_of_newer_version();
    const auto process = world.process();
    REQUIRE(world.becomes(about, MailState::queued, 1));
    REQUIRE(world.becomes(world.queue(), MailState::sent, 1));
    CHECK(world.sink.taken().size() == 1);
    // What it says is there for the version that can write it, until its time is over.
    CHECK(world.delivery(about)->reason == "unknown_kind");
    world.clock.advance(hours(2));
    REQUIRE(world.becomes(about, MailState::queued, 2));
    world.clock.advance(hours(24));
    REQUIRE(world.becomes(about, MailState::failed, 3));
    CHECK(world.sink.taken().size() == 1);
  });
}

TEST_CASE("a mail that nobody tried to send says nothing about a server that is away") {
  on_each_engine([](World& world) {
    Process process(world.db, 1, world.clock, world.random);  // Nobody listens there.
    REQUIRE(world.becomes(world.queue(), MailState::queued, 1));
    REQUIRE(eventually([&] { return !process.trouble().empty(); }));
    REQUIRE(world.becomes(world.queue_of_newer_version(), MailState::queued, 1));
    CHECK_FALSE(process.trouble().empty());
  });
}

TEST_CASE("without a server the link of a mail stands whole on a line of its file") {
  std::string folder = "/tmp/ks-mails-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  on_each_engine([&](World& world) {
    const auto about = world.queue();
    Process process(world.db, std::make_unique<mail::FolderTransport>(folder), world.clock,
                    world.random);
    REQUIRE(world.becomes(about, MailState::sent, 1));
    process.stop();
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      CHECK(text.find("\r\nhttps://ks.example.com/reset#" + kToken + "\r\n") != std::string::npos);
      ++files;
    }
    CHECK(files == 1);
    std::filesystem::remove_all(folder);
  });
}

TEST_CASE("a mail whose link has expired is not sent any more") {
  on_each_engine([](World& world) {
    const MailSubject about{"user", "late"};
    const Mail mail{*EmailAddress::parse("ann@example.com"),
                    mails::PasswordReset{LinkToken(kToken), world.clock.now() + hours(1)}, about};
    REQUIRE(world.db.write([&](Tx& tx) { return world.outbox.queue(tx, client_scope(), mail); }));
    world.clock.advance(hours(1));
    const auto process = world.process();
    REQUIRE(world.becomes(about, MailState::failed, 1));
    CHECK(world.sink.taken().empty());
  });
}

TEST_CASE("two processes send each mail once, and what one had in hand when it died is not lost") {
  on_each_engine([](World& world) {
    constexpr int kMails = 40;
    for (int n = 0; n < kMails; ++n) world.queue(n);
    // A process that claimed one and is gone.
    const auto due = *world.db.fleet_read(
        kMail, [&](Tx& tx) { return world.store.due(tx, kMail, world.clock.now(), 1); });
    REQUIRE(*world.db.fleet_write(kMail, [&](Tx& tx) {
      return world.store.claim(tx, kMail, due.at(0), world.clock.now(),
                               world.clock.now() + minutes(4));
    }));
    const auto one = world.process();
    auto two = world.process();
    REQUIRE(eventually([&] { return world.sink.taken().size() == kMails - 1; }));
    world.clock.advance(minutes(4));
    REQUIRE(eventually([&] { return world.sink.taken().size() == kMails; }));
    // The one with the lease may be either; when one stops, the other goes on.
    two.reset();
    world.clock.advance(seconds(16));
    REQUIRE(world.becomes(world.queue(kMails), MailState::sent, 1));
    std::map<std::string, int> times;
    for (const auto& taken : world.sink.taken()) ++times[taken.id()];
    CHECK(times.size() == kMails + 1);
    for (const auto& [id, n] : times) CHECK(n == 1);
  });
}

}  // namespace ks::test
