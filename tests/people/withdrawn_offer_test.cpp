// An offer of ownership that is withdrawn while mails leave: who was offered it reads of the offer
// only if that mail was on its way, and of the withdrawal in any case, once and after it.
#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include "app/members.hpp"
#include "app/ownership.hpp"
#include "mail/sender.hpp"
#include "sql/journal.hpp"
#include "sql/mails.hpp"
#include "sql/sync.hpp"
#include "tests/people/world.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;
using Texts = std::vector<std::string>;

const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 0> kMails(
    "mails_by_kind", "SELECT id, kind, state FROM mails ORDER BY id");

bool eventually(const std::function<bool()>& question) {
  const SystemClock clock;
  const Time end = clock.monotonic() + seconds(60);
  while (!question()) {
    if (clock.monotonic() > end) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

// Takes so many mails, and holds the next one up until it may take more.
class Gate final : public mail::Transport {
 public:
  struct Begun {
    MailId id;
    std::string to;
  };
  mail::Attempt send(const mail::Outgoing& mail) override {
    std::unique_lock lock(mutex_);
    begun_.push_back({mail.id, mail.to.text()});
    opened_.wait(lock, [&] { return may_ > 0; });
    --may_;
    return {mail::Attempt::Kind::taken, "taken", ""};
  }
  void stop() override { let(1'000'000); }
  void let(std::size_t more) {
    const std::lock_guard lock(mutex_);
    may_ += more;
    opened_.notify_all();
  }
  std::vector<Begun> begun() const {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  std::size_t may_ = 0;
  std::vector<Begun> begun_;
};

// Ann owns, Ben is a member, and mail leaves one after the other.
struct Post {
  explicit Post(EngineCase& engine)
      : world(engine),
        stores(world.stores()),
        audit_writer(std::string(32, 'a'), random),
        journal(audit_writer),
        leases(journal, engine.clock()),
        sender({engine.database(), store, leases, stores.envelope, gate,
                [](const ClientId&) {
                  return mail::Brand{.product = "K8s Scheduler",
                                     .sender_name = "K8s Scheduler",
                                     .sender = *EmailAddress::parse("noreply@ks.example.com"),
                                     .reply_to = std::nullopt,
                                     .base = mail::BaseUrl("https://ks.example.com")};
                }},
               settings(), engine.clock(), random) {
    act([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
      KS_CHECK(app::join(tx, stores, may, app::Joining{ben.id}));
      return {};
    });
  }
  ~Post() {
    sender.stop();
    sender.wait_stopped();
  }

  void act(const World::Act& deed) { REQUIRE(world.write(ann, org, deed) == ""); }
  void pass_time() { world.engine().clock().advance(milliseconds(1)); }
  void queue_others(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      pass_time();
      act([&](Tx& tx, const TenantScope& scope) -> Result<void> {
        KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
        return stores.outbox.queue(tx, may,
                                   Mail{*EmailAddress::parse(fmt::format("other{}@example.com", i)),
                                        mails::MemberRemoved{{"Acme", "acme"}},
                                        MailSubject{"member", fmt::format("other{}", i)}});
      });
    }
  }
  void offer() {
    pass_time();
    act([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_TRY(const auto made, app::offer_ownership(tx, stores, scope, PersonRef{ben.id, {}}));
      offer_id = made.id.str();
      return {};
    });
  }
  void withdraw() {
    pass_time();
    act([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::cancel_ownership(tx, stores, scope, offer_id));
      return {};
    });
  }
  struct Row {
    std::string kind, state;
  };
  std::map<MailId, Row> rows() {
    std::map<MailId, Row> out;
    REQUIRE(world.database().fleet_read(test::kFleet, [&](Tx& tx) -> Result<void> {
      out.clear();
      KS_TRY(const auto found, sql::sql_tx(tx).run(test::kFleet, *kMails));
      for (const sql::Row& row : found) out[row.id<Mail>(0)] = {row.str(1), row.str(2)};
      return {};
    }));
    return out;
  }
  // What was begun to be sent, in that order: "ownership_offer ben@example.com".
  Texts left() {
    const auto known = rows();
    Texts out;
    for (const Gate::Begun& one : gate.begun()) out.push_back(known.at(one.id).kind + " " + one.to);
    return out;
  }
  bool all_settled() {
    return std::ranges::none_of(rows(), [](const auto& one) {
      return one.second.state == "queued" || one.second.state == "sending";
    });
  }

  World world;
  const World::Person& ann = world.add_person("ann");
  const World::Person& ben = world.add_person("ben");
  OrgId org = world.found(ann, "Acme");
  std::string offer_id;
  app::Stores stores;
  Gate gate;
  SystemRandom random;
  sql::SqlMailStore store;
  sql::AuditWriter audit_writer;
  sql::SqlJournal journal;
  sql::SqlSyncStore leases;
  runtime::LoopGroup loops{1};
  mail::Sender sender;

 private:
  static mail::SenderConfig settings() {
    mail::SenderConfig out;
    out.renew = milliseconds(50);
    out.poll = milliseconds(10);
    out.parallel = 1;
    return out;
  }
};

const std::string kOffer = "ownership_offer ben@example.com";
const std::string kOffered = "ownership_offered ann@example.com";
const std::string kWithdrawn = "ownership_withdrawn ben@example.com";

// Withdrawn when so many of the mails have left and the next one, if there is one, is on its way.
void check_withdrawn(EngineCase& engine, std::size_t before, std::size_t gone) {
  CAPTURE(before);
  CAPTURE(gone);
  Post post(engine);
  post.queue_others(before);
  post.offer();
  const std::size_t all = before + 2;
  post.gate.let(gone);
  post.sender.start(post.loops.at(0));
  const std::size_t begun = std::min(gone + 1, all);
  REQUIRE(eventually([&] { return post.gate.begun().size() == begun; }));
  if (gone == all) REQUIRE(eventually([&] { return post.all_settled(); }));
  const Texts first = post.left();
  const bool offer_left = std::ranges::count(first, kOffer) == 1;
  if (begun <= before) CHECK_FALSE(offer_left);
  if (begun == all) CHECK(offer_left);
  post.withdraw();
  post.gate.let(all + 2);
  REQUIRE(eventually([&] { return post.all_settled(); }));

  const Texts left = post.left();
  Texts wanted{kOffered, kWithdrawn};
  if (offer_left) wanted.push_back(kOffer);
  for (std::size_t i = 0; i < before; ++i)
    wanted.push_back(fmt::format("member_removed other{}@example.com", i));
  Texts sorted = left;
  std::ranges::sort(sorted);
  std::ranges::sort(wanted);
  CHECK(sorted == wanted);
  CHECK(left.back() == kWithdrawn);
  const bool on_its_way = offer_left && gone < all && first.back() == kOffer;
  for (const auto& [id, row] : post.rows())
    CHECK(row.state ==
          (row.kind == "ownership_offer" && (!offer_left || on_its_way) ? "cancelled" : "sent"));
}

}  // namespace

TEST_CASE("an offer of ownership that is withdrawn behind other mails is never mailed") {
  // Fewer than are looked up at a time, and more.
  for (const std::size_t before : {1, 50, 70}) {
    std::set<std::size_t> moments{0};
    for (std::size_t later = 0; later <= 2; ++later) moments.insert(before + later);
    for (const std::size_t gone : moments)
      test::for_each_engine([&](EngineCase& engine) { check_withdrawn(engine, before, gone); });
  }
}
