// accepts sqlite|postgres: invitations accepted through the use case in one process, beside the
// same rows written by the driver alone.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/invitations/answer.hpp"
#include "app/invitations/invite.hpp"
#include "bench/contest.hpp"

namespace ks::bench {

namespace {

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
  Result<int> cancel_to(Tx& tx, const AnyPermit& permit, const UserId& recipient) override {
    return outbox_.cancel_to(tx, permit, recipient);
  }
  Result<int> cancel_to(Tx& tx, const AnyPermit& permit, const UserId& recipient,
                        const MailSubject& about) override {
    return outbox_.cancel_to(tx, permit, recipient, about);
  }
  Result<int> cancel_all(Tx& tx, const AnyPermit& permit) override {
    return outbox_.cancel_all(tx, permit);
  }
  Result<bool> told_enough(Tx& tx, const AnyPermit& permit, const UserId& recipient,
                           std::string_view kind) override {
    return outbox_.told_enough(tx, permit, recipient, kind);
  }
  Result<std::optional<Time>> count_invitation(Tx& tx, const AnyPermit& permit,
                                               const EmailAddress& to) override {
    return outbox_.count_invitation(tx, permit, to);
  }
  Result<MailTally> tally(Tx& tx, const AnyPermit& permit, std::string_view kind) override {
    return outbox_.tally(tx, permit, kind);
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

// Each writer's people join an organization of its own.
class Accepts final : public Contest {
 public:
  Accepts(const sql::DatabaseOptions& options, std::size_t writes)
      : Contest(options, writes), hosts_(world().add_tenants(kWriters)) {
    for (const Tenant& host : hosts_) world().lift_limits(host);
  }

 private:
  std::function<void(std::size_t, std::size_t)> ready() override {
    return [this, guests = invited()](std::size_t w, std::size_t i) { accept(guests[w][i]); };
  }

  app::Stores stores() { return world().stores().for_app(tap_, world().clock(), world().random()); }

  void accept(const Guest& guest) {
    must(world().db().write_for(guest.token.org().text(), [&](Tx& tx) -> Result<app::Accepted> {
      KS_TRY(const Caller caller,
             world().gate().load_in(tx, world().client(), guest.session, world().trail()));
      return app::accept_invitation(tx, stores(),
                                    SessionGate::invited(caller.person(), guest.token.org()),
                                    guest.token, guest.person);
    }));
  }

  // People whom nobody has asked before, asked by the host.
  std::vector<Guest> invited_by(const Tenant& host) {
    const auto people = world().add_tenants(each(), people_);
    people_ += each();
    std::vector<Guest> out;
    for (std::size_t done = 0; done < people.size(); done += kInvited) {
      const std::size_t until = std::min(people.size(), done + kInvited);
      must(world().db().write([&](Tx& tx) -> Result<void> {
        KS_TRY(const Caller caller,
               world().gate().load_in(tx, world().client(), host.token, world().trail()));
        KS_TRY(const TenantScope scope, world().gate().tenant(caller, host.org_slug));
        KS_TRY(const TeamId team, stores().authorizer.find_team(tx, scope, "default"));
        std::vector<app::Wanted> wanted;
        std::vector<UserRow> users;
        for (std::size_t i = done; i < until; ++i) {
          KS_TRY(const Caller guest,
                 world().gate().load_in(tx, world().client(), people[i].token, world().trail()));
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

  std::vector<std::vector<RawRow>> raw_rows() override {
    std::vector<std::vector<RawRow>> out;
    for (const Tenant& host : hosts_) {
      const Caller caller = world().load(host);
      const Membership& at = caller.memberships().front();
      auto& rows = out.emplace_back();
      for (const Guest& guest : invited_by(host))
        rows.push_back(raw_parameters(RawAccept{
            caller.person().client().str(), at.id.str(), at.teams.front().id.str(),
            guest.user.str(), guest.invitation.str(), std::to_string(world().clock().now().us)}));
    }
    return out;
  }

  mail::SealedOutbox outbox_{world().stores().mails, world().stores().envelope, world().clock(),
                             world().random(), mail::Switch::on};
  TokenTap tap_{outbox_};
  std::vector<Tenant> hosts_;
  std::size_t people_ = kWriters;
};

}  // namespace

}  // namespace ks::bench

int main(int argc, char** argv) {
  using namespace ks::bench;
  return run({"accept", kRawAcceptStatements, 1600, 1600,
              [](const auto& options, std::size_t writes) {
                return std::make_unique<Accepts>(options, writes);
              }},
             argc, argv);
}
