#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "store/outbox.hpp"

namespace ks::people_test {

// Another outbox, whose caller can be held up: `reached` is called before a mail is queued, and
// after those of somebody were cancelled.
class HeldOutbox final : public Outbox {
 public:
  enum class At { queue, cancelled };
  HeldOutbox(Outbox& inner, std::function<void(At)> reached)
      : inner_(inner), reached_(std::move(reached)) {}

  bool on() const override { return inner_.on(); }
  Result<void> queue(Tx& tx, const ClientScope& scope, const Mail& mail) override {
    reached_(At::queue);
    return inner_.queue(tx, scope, mail);
  }
  Result<void> queue(Tx& tx, const AnyPermit& permit, const Mail& mail) override {
    reached_(At::queue);
    return inner_.queue(tx, permit, mail);
  }
  Result<int> cancel(Tx& tx, const ClientScope& scope, const MailSubject& about) override {
    return inner_.cancel(tx, scope, about);
  }
  Result<int> cancel(Tx& tx, const AnyPermit& permit, const MailSubject& about) override {
    return inner_.cancel(tx, permit, about);
  }
  Result<int> cancel_to(Tx& tx, const AnyPermit& permit, const UserId& user) override {
    auto out = inner_.cancel_to(tx, permit, user);
    reached_(At::cancelled);
    return out;
  }
  Result<int> cancel_to(Tx& tx, const AnyPermit& permit, const UserId& user,
                        const MailSubject& about) override {
    return inner_.cancel_to(tx, permit, user, about);
  }
  Result<int> cancel_all(Tx& tx, const AnyPermit& permit) override {
    return inner_.cancel_all(tx, permit);
  }
  Result<bool> told_enough(Tx& tx, const AnyPermit& permit, const UserId& user,
                           std::string_view kind) override {
    return inner_.told_enough(tx, permit, user, kind);
  }
  Result<std::optional<Time>> count_invitation(Tx& tx, const AnyPermit& permit,
                                               const EmailAddress& to) override {
    return inner_.count_invitation(tx, permit, to);
  }
  Result<MailTally> tally(Tx& tx, const AnyPermit& permit, std::string_view kind) override {
    return inner_.tally(tx, permit, kind);
  }
  Result<std::optional<MailDelivery>> delivery(Tx& tx, const ClientScope& scope,
                                               const MailSubject& about) override {
    return inner_.delivery(tx, scope, about);
  }
  Result<std::optional<MailDelivery>> delivery(Tx& tx, const AnyPermit& permit,
                                               const MailSubject& about) override {
    return inner_.delivery(tx, permit, about);
  }

 private:
  Outbox& inner_;
  std::function<void(At)> reached_;
};

}  // namespace ks::people_test
