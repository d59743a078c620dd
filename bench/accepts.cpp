// accepts sqlite|postgres: invitations accepted through the use case in one process, beside the
// same rows written by the driver alone. PostgreSQL is that of $KS_BENCH_DSN and
// $KS_BENCH_OWNER_DSN.
#include <atomic>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "app/invitations/answer.hpp"
#include "app/invitations/invite.hpp"
#include "bench/raw.hpp"
#include "bench/speed.hpp"
#include "bench/world.hpp"
#include "runtime/loop.hpp"

namespace ks::bench {

namespace {

// Writers at once, each in an organization of its own; rows in a transaction on the other side.
constexpr std::size_t kWriters = 32;
constexpr std::size_t kConnections = 8;  // As many as the program opens for transactions.
constexpr std::size_t kLoops = 2;
// Of one request.
constexpr std::size_t kInvited = 50;

// Keeps the tokens that would be mailed, and queues as the program does.
class TokenTap final : public Outbox {
 public:
  explicit TokenTap(Outbox& outbox) : outbox_(outbox) {}
  bool on() const override { return true; }
  Result<void> queue(Tx& tx, const ClientScope& scope, const Mail& mail) override {
    return outbox_.queue(tx, scope, mail);
  }
  Result<void> queue(Tx& tx, const AnyPermit& permit, const Mail& mail) override {
    if (const auto* invitation = std::get_if<mails::Invitation>(&mail.content))
      tokens.insert_or_assign(mail.to.text(), invitation->token.text());
    return outbox_.queue(tx, permit, mail);
  }
  Result<int> cancel(Tx& tx, const ClientScope& scope, const MailSubject& about) override {
    return outbox_.cancel(tx, scope, about);
  }
  Result<int> cancel(Tx& tx, const AnyPermit& permit, const MailSubject& about) override {
    return outbox_.cancel(tx, permit, about);
  }
  Result<std::optional<MailDelivery>> delivery(Tx& tx, const ClientScope& scope,
                                               const MailSubject& about) override {
    return outbox_.delivery(tx, scope, about);
  }
  Result<std::optional<MailDelivery>> delivery(Tx& tx, const AnyPermit& permit,
                                               const MailSubject& about) override {
    return outbox_.delivery(tx, permit, about);
  }
  std::map<std::string, std::string> tokens;

 private:
  Outbox& outbox_;
};

struct Guest {
  std::string session;
  app::Guest person;
  UserId user;
  InvitationToken token;
  InvitationId invitation;
};

class Bench {
 public:
  Bench(const sql::DatabaseOptions& options, std::size_t accepts)
      : world_(options, 1000), each_(accepts / kWriters), hosts_(world_.add_tenants(kWriters)) {
    for (const Tenant& host : hosts_) world_.lift_limits(host);
  }

  // As a request does it: the session is loaded in the transaction, then the use case.
  Speed product() {
    const auto guests = invited();
    runtime::LoopGroup loops(kLoops);
    runtime::Event ended;
    std::atomic<std::size_t> left = kWriters;
    return timed(world_.clock(), each_ * kWriters, [&] {
      for (std::size_t w = 0; w < kWriters; ++w)
        loops.at(w % kLoops).spawn([&, w] {
          for (const Guest& guest : guests[w]) accept(guest);
          if (--left == 0) ended.set();
        });
      ended.wait();
    });
  }

  // Groups of kWriters rows in a transaction.
  Speed raw_grouped(RawWriter& writer) {
    const auto rows = raw_rows();
    return timed(world_.clock(), each_ * kWriters, [&] {
      for (std::size_t i = 0; i < each_; ++i) {
        std::vector<RawRow> group;
        for (const auto& of_writer : rows) group.push_back(of_writer[i]);
        writer.write(group);
      }
    });
  }

  Speed raw_parallel(const std::vector<std::unique_ptr<RawWriter>>& writers) {
    const auto rows = raw_rows();
    return timed(world_.clock(), each_ * kWriters, [&] {
      std::vector<std::jthread> threads;
      for (std::size_t t = 0; t < writers.size(); ++t)
        threads.emplace_back([&, t] {
          for (std::size_t w = t; w < rows.size(); w += writers.size()) writers[t]->write(rows[w]);
        });
    });
  }

 private:
  app::Stores stores() { return world_.stores().for_app(tap_, world_.clock(), world_.random()); }

  void accept(const Guest& guest) {
    must(world_.db().write_for(guest.token.org().text(), [&](Tx& tx) -> Result<app::Accepted> {
      KS_TRY(const Caller caller,
             world_.gate().load_in(tx, world_.client(), guest.session, world_.trail()));
      return app::accept_invitation(tx, stores(),
                                    SessionGate::invited(caller.person(), guest.token.org()),
                                    guest.token, guest.person);
    }));
  }

  // People whom nobody has asked before, asked by the host.
  std::vector<Guest> invited_by(const Tenant& host) {
    const auto people = world_.add_tenants(each_, people_);
    people_ += each_;
    std::vector<Guest> out;
    for (std::size_t done = 0; done < people.size(); done += kInvited) {
      const std::size_t until = std::min(people.size(), done + kInvited);
      must(world_.db().write([&](Tx& tx) -> Result<void> {
        KS_TRY(const Caller caller,
               world_.gate().load_in(tx, world_.client(), host.token, world_.trail()));
        KS_TRY(const TenantScope scope, world_.gate().tenant(caller, host.org_slug));
        KS_TRY(const TeamId team, stores().authorizer.find_team(tx, scope, "default"));
        std::vector<app::Wanted> wanted;
        std::vector<UserRow> users;
        for (std::size_t i = done; i < until; ++i) {
          KS_TRY(const Caller guest,
                 world_.gate().load_in(tx, world_.client(), people[i].token, world_.trail()));
          wanted.push_back({guest.user().email, OrgRole::member, {{team, TeamRole::developer}}});
          users.push_back(guest.user());
        }
        KS_TRY(const auto invited, app::invite(tx, stores(), scope, wanted, kInvitationDays));
        for (std::size_t i = 0; i < users.size(); ++i)
          out.push_back({people[done + i].token,
                         {users[i].email, users[i].name},
                         users[i].id,
                         *InvitationToken::parse(tap_.tokens.at(users[i].email)),
                         invited[i].view->invitation.id});
        return {};
      }));
    }
    return out;
  }
  std::vector<std::vector<Guest>> invited() {
    std::vector<std::vector<Guest>> out;
    for (const Tenant& host : hosts_) out.push_back(invited_by(host));
    return out;
  }

  // For each writer its rows, made beforehand.
  std::vector<std::vector<RawRow>> raw_rows() {
    std::vector<std::vector<RawRow>> out;
    for (const Tenant& host : hosts_) {
      const Caller caller = world_.load(host);
      const Membership& at = caller.memberships().front();
      auto& rows = out.emplace_back();
      for (const Guest& guest : invited_by(host))
        rows.push_back(raw_parameters(RawAccept{
            caller.person().client().str(), at.id.str(), at.teams.front().id.str(),
            guest.user.str(), guest.invitation.str(), std::to_string(world_.clock().now().us)}));
    }
    return out;
  }

  World world_;
  mail::SealedOutbox outbox_{world_.stores().mails, world_.stores().envelope, world_.clock(),
                             world_.random(), mail::Switch::on};
  TokenTap tap_{outbox_};
  std::size_t each_;
  std::vector<Tenant> hosts_;
  std::size_t people_ = kWriters;
};

int sqlite(std::size_t rounds) {
  const Folder folder;
  const std::string path = folder.path() + "/accepts.db";
  sql::DatabaseOptions options;
  options.dsn = "sqlite:" + path;
  options.auto_migrate = true;
  Bench bench(options, 1600);
  const auto writer = raw_sqlite(path, kRawAcceptStatements);
  Series product, raw;
  for (std::size_t i = 0; i < rounds; ++i) {
    product.add(bench.product());
    raw.add(bench.raw_grouped(*writer));
  }
  print("SQLite", "accept", product, 0);
  print("SQLite", "raw, 32 rows a transaction", raw, median(product.per_second));
  return 0;
}

int postgres(std::size_t rounds) {
  sql::DatabaseOptions options;
  options.dsn = setting("KS_BENCH_DSN");
  options.owner_dsn = setting("KS_BENCH_OWNER_DSN");
  options.auto_migrate = true;
  options.writers_max = kConnections;
  Bench bench(options, 1600);
  std::vector<std::unique_ptr<RawWriter>> pipelined, stepwise;
  for (std::size_t i = 0; i < kConnections; ++i) {
    pipelined.push_back(raw_postgres(options.owner_dsn, kRawAcceptStatements, true));
    stepwise.push_back(raw_postgres(options.owner_dsn, kRawAcceptStatements, false));
  }
  Series product, raw, steps;
  for (std::size_t i = 0; i < rounds; ++i) {
    product.add(bench.product());
    raw.add(bench.raw_parallel(pipelined));
    steps.add(bench.raw_parallel(stepwise));
  }
  print("PostgreSQL", "accept", product, 0);
  print("PostgreSQL", "raw, one flight", raw, median(product.per_second));
  print("PostgreSQL", "raw, statement by statement", steps, median(product.per_second));
  return 0;
}

}  // namespace

int run(const std::string& engine) {
  const std::size_t rounds = std::getenv("LONG") != nullptr ? 9 : 3;
  if (engine == "sqlite") return sqlite(rounds);
  if (engine == "postgres") return postgres(rounds);
  fmt::print(stderr, "accepts sqlite|postgres\n");
  return 2;
}

}  // namespace ks::bench

int main(int argc, char** argv) { return ks::bench::run(argc == 2 ? argv[1] : ""); }
