#include "mail/sender.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "base/log.hpp"
#include "mail/catalogue.hpp"
#include "mail/mime.hpp"
#include "mail/outbox.hpp"
#include "mail/render.hpp"

namespace ks::mail {

namespace {

constexpr std::string_view kLease = "mail";
constexpr int kBatch = 64;
constexpr int kForgetBatch = 500;
const FleetScope kFleet(FleetReason::mail);

// What keeps every mail from leaving, not just this one.
bool about_the_server(std::string_view cause) {
  return cause == "unreachable" || cause == "timeout" || cause == "tls" || cause == "login" ||
         cause == "not_written";
}

std::string reason_of(const Attempt& attempt) {
  return attempt.detail.empty() ? attempt.cause : attempt.cause + " " + attempt.detail;
}

}  // namespace

struct Sender::Impl : std::enable_shared_from_this<Sender::Impl> {
  Impl(SenderParts p, SenderConfig c, const Clock& cl, Random& r)
      : parts(std::move(p)),
        config(std::move(c)),
        clock(cl),
        random(r),
        holder(uuid_v7(cl, r)),
        slots(config.parallel),
        threads(config.parallel, config.parallel * 2) {}

  SenderParts parts;
  SenderConfig config;
  const Clock& clock;
  Random& random;
  std::string holder;
  runtime::Semaphore slots;
  runtime::BlockingPool threads;  // Where curl waits.
  runtime::Loop* loop = nullptr;

  std::atomic<bool> stopping{false};
  std::atomic<bool> leading{false};
  std::atomic<int> fibers{0};
  runtime::Event stopped;
  runtime::Event awake;
  mutable std::mutex mutex;  // Guards what follows.
  std::set<MailId> in_hand;
  std::string trouble;

  bool running() const { return !stopping; }

  template <class Body>
  auto write(Body body) {
    return parts.db.fleet_write(kFleet, body);
  }

  void fiber(std::function<void(Impl&)> body) {
    ++fibers;
    loop->spawn([self = shared_from_this(), body = std::move(body)] {
      body(*self);
      if (--self->fibers == 0) self->stopped.set();
    });
  }

  void nap(Duration d) {
    for (Duration left = d; running() && left.us > 0; left = left - milliseconds(100))
      runtime::sleep_for(std::min(left, milliseconds(100)));
  }

  void keep_lease() {
    Time renewed{};
    while (running()) {
      const Time asked = clock.monotonic();
      const auto grant = write([&](Tx& tx) {
        const Time now = clock.now();
        return parts.leases.lease(tx, kFleet, kLease, holder, now, now + config.lease);
      });
      if (grant && *grant) {
        renewed = asked;
        if (!leading.exchange(true)) awake.set();
      } else if (grant || clock.monotonic() - renewed > config.lease - seconds(2)) {
        leading = false;
      }
      nap(config.renew);
    }
    if (!leading.exchange(false)) return;
    const auto released = write(
        [&](Tx& tx) -> Result<void> { return parts.leases.release(tx, kFleet, kLease, holder); });
    if (!released) log::warn("mail lease not given back");
  }

  // --- one mail

  Duration wait_after(std::int64_t attempts) {
    Duration wait = config.wait_first;
    for (std::int64_t i = 1; i < attempts && wait < config.wait_max; ++i) wait = wait * 2;
    wait = std::min(wait, config.wait_max);
    // From 80 to 120 hundredths, so that what failed together does not come back together.
    const auto percent = static_cast<std::int64_t>(80 + random.below(41));
    return microseconds(wait.us / 100 * percent);
  }

  Attempt try_once(const ClaimedMail& mail) {
    const auto draft = unsealed(parts.envelope, mail.key.client, mail.key.id, mail.sealed);
    if (!draft) return {Attempt::Kind::refused, "unreadable", ""};
    // While an update is on its way the lease may be with a version that is older than what queued
    // it: one that knows it sends it within its time.
    if (!has_text(draft->draft.kind)) {
      log::warn("mail of a kind that this version does not know waits for one that does",
                {{"mail", mail.key.id.text()}, {"kind", mail.kind}});
      return {Attempt::Kind::later, "unknown_kind", ""};
    }
    const Brand brand = parts.brand(mail.key.client);
    Rendered text = render(draft->draft, draft->locale, brand);
    const Outgoing outgoing{mail.key.id, brand.sender, draft->to,
                            mime(Message{.id = mail.key.id.str(),
                                         .date = mail.queued_at,
                                         .to = draft->to,
                                         .subject = std::move(text.subject),
                                         .text = std::move(text.text),
                                         .html = std::move(text.html)},
                                 brand, parts.transport.wire())};
    Attempt attempt{Attempt::Kind::later, "busy", ""};
    threads.run([&] { attempt = parts.transport.send(outgoing); });
    return attempt;
  }

  // What is known now must not be lost: a mail that was sent and not settled is sent again.
  void settle(const ClaimedMail& mail, const std::function<Result<bool>(Tx&, Time)>& write_down) {
    const Time until = clock.monotonic() + config.claim;
    for (;;) {
      const auto done = write([&](Tx& tx) { return write_down(tx, clock.now()); });
      if (done) {
        if (!*done)
          log::info("mail was cancelled while it was sent", {{"mail", mail.key.id.text()}});
        return;
      }
      if (!running() || clock.monotonic() > until) {
        log::warn("what became of a mail was not stored", {{"mail", mail.key.id.text()}});
        return;
      }
      nap(milliseconds(500));
    }
  }

  void tell(const ClaimedMail& mail, std::string_view outcome, std::string_view cause,
            Duration took) {
    if (config.on_try) config.on_try({outcome, cause, mail.kind, took});
  }

  void fail(const ClaimedMail& mail, const std::string& reason, std::string_view cause,
            Duration took) {
    log::warn("mail not delivered", {{"mail", mail.key.id.text()},
                                     {"kind", mail.kind},
                                     {"reason", reason},
                                     {"attempts", mail.attempt}});
    settle(mail,
           [&](Tx& tx, Time now) { return parts.mails.set_failed(tx, kFleet, mail, reason, now); });
    tell(mail, "failed", cause, took);
  }

  void deliver(const DueMail& due) {
    const auto claimed = write([&](Tx& tx) {
      const Time now = clock.now();
      return parts.mails.claim(tx, kFleet, due, now, now + config.claim);
    });
    if (!claimed || !*claimed) return;
    const ClaimedMail& mail = **claimed;
    if (clock.now() >= mail.give_up_at) return fail(mail, "not delivered in time", "too_late", {});

    const Time began = clock.monotonic();
    const Attempt attempt = try_once(mail);
    const Duration took = clock.monotonic() - began;
    // What came to no try says nothing about the server.
    if (attempt.cause != "unknown_kind" && attempt.cause != "unreadable")
      set_trouble(about_the_server(attempt.cause) ? reason_of(attempt) : "");
    if (attempt.kind == Attempt::Kind::taken) {
      settle(mail, [&](Tx& tx, Time now) { return parts.mails.set_sent(tx, kFleet, mail, now); });
      return tell(mail, "sent", attempt.cause, took);
    }
    if (attempt.kind == Attempt::Kind::refused)
      return fail(mail, reason_of(attempt), attempt.cause, took);
    // A try that we broke off ourselves is repeated as soon as there is somebody to do it.
    const Duration wait = attempt.cause == "stopped" || attempt.cause == "busy"
                              ? Duration{}
                              : wait_after(mail.attempt);
    if (clock.now() + wait >= mail.give_up_at)
      return fail(mail, reason_of(attempt), attempt.cause, took);
    settle(mail, [&](Tx& tx, Time now) {
      return parts.mails.set_again(tx, kFleet, mail, now + wait, reason_of(attempt), now);
    });
    tell(mail, "again", attempt.cause, took);
  }

  void set_trouble(std::string text) {
    const std::lock_guard lock(mutex);
    if (!text.empty() && text != trouble) log::warn("mail server not reached", {{"cause", text}});
    trouble = std::move(text);
  }

  // --- the main fiber

  // True when something was begun.
  bool begin_due() {
    const auto due = parts.db.fleet_read(
        kFleet, [&](Tx& tx) { return parts.mails.due(tx, kFleet, clock.now(), kBatch); });
    if (!due) return false;
    bool begun = false;
    for (const DueMail& one : *due) {
      {
        const std::lock_guard lock(mutex);
        if (!in_hand.insert(one.id).second) continue;
      }
      slots.acquire();
      begun = true;
      fiber([one](Impl& self) {
        if (self.leading && self.running()) self.deliver(one);
        self.slots.release();
        {
          const std::lock_guard lock(self.mutex);
          self.in_hand.erase(one.id);
        }
        self.awake.set();
      });
    }
    return begun;
  }

  void forget() {
    Result<void> removed;
    const Time before = clock.now() - config.keep;
    const bool ran = threads.run([&] { removed = parts.transport.remove_older(before); });
    if (!ran || !removed) log::warn("old files of mails not removed; the next time is in an hour");
    while (running()) {
      const auto gone = write([&](Tx& tx) {
        return parts.mails.forget_settled(tx, kFleet, clock.now() - config.keep, kForgetBatch);
      });
      if (!gone) return log::warn("old mails not removed; the next time is in an hour");
      if (*gone < kForgetBatch) return;
    }
  }

  void work() {
    Time forgotten{};
    while (running()) {
      awake.reset();
      if (leading) {
        if (forgotten.us == 0 || clock.monotonic() - forgotten > hours(1)) {
          forget();
          forgotten = clock.monotonic();
        }
        if (begin_due()) continue;
      }
      awake.wait_for(config.poll);
    }
  }
};

Sender::Sender(SenderParts parts, SenderConfig config, const Clock& clock, Random& random)
    : impl_(std::make_shared<Impl>(std::move(parts), std::move(config), clock, random)) {}

Sender::~Sender() {
  if (impl_->loop == nullptr) return;
  stop();
  wait_stopped();
}

void Sender::start(runtime::Loop& loop) {
  KS_ASSERT(impl_->loop == nullptr);
  impl_->loop = &loop;
  impl_->fiber([](Impl& self) { self.keep_lease(); });
  impl_->fiber([](Impl& self) { self.work(); });
}

void Sender::stop() {
  impl_->stopping = true;
  impl_->parts.transport.stop();
  impl_->awake.set();
}

void Sender::wait_stopped() {
  if (impl_->loop != nullptr) impl_->stopped.wait();
}

void Sender::wake() { impl_->awake.set(); }

std::string Sender::trouble() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->trouble;
}

}  // namespace ks::mail
