#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "mail/brand.hpp"
#include "mail/transport.hpp"
#include "runtime/loop.hpp"
#include "secrets/envelope.hpp"
#include "store/mails.hpp"
#include "store/sync.hpp"

namespace ks::mail {

struct SenderParts {
  Database& db;
  MailStore& mails;
  SyncStore& leases;
  const Envelope& envelope;
  Transport& transport;
  // Under which brand a client's mail goes out now.
  std::function<Brand(const ClientId&)> brand;
};

// One try to hand a mail over, whose is not said.
struct Tried {
  std::string_view outcome;  // "sent", "failed" or "again".
  std::string_view cause;
  std::string_view kind;  // Of the mail.
  Duration took;          // Zero where it was too late to try.
};

struct SenderConfig {
  // A holder of the lease that says nothing for this long is taken for dead.
  Duration lease = seconds(15);
  Duration renew = seconds(5);
  // How often the database is asked where nobody called wake().
  Duration poll = seconds(1);
  // A mail that a process had in hand when it died is free again after this; longer than any try.
  Duration claim = minutes(4);
  // The second try comes after about the first of these, each further one after double the time, up
  // to the second of them.
  Duration wait_first = minutes(1);
  Duration wait_max = hours(1);
  // How long it is kept that a mail was sent, or why not; and the mail itself, where it is a file.
  Duration keep = days(90);
  std::size_t parallel = 4;
  // Called after each try, from any thread.
  std::function<void(const Tried&)> on_try;
};

// Sends what the outbox holds, in the one process that holds a lease in the database. Each mail is
// claimed in a transaction before it leaves and settled in one after. A process that dies in
// between leaves a claim that runs out, and the mail goes out again under the same Message-ID: sent
// at least once, and twice only where nobody can know that it was sent.
class Sender {
 public:
  Sender(SenderParts parts, SenderConfig config, const Clock& clock, Random& random);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Starts its fibers on `loop`. Once.
  void start(runtime::Loop& loop);
  // Asks the fibers to end and gives the lease back. From any thread.
  void stop();
  void wait_stopped();

  // Something may be there to send; from any thread.
  void wake();
  // Why the last try of all did not get through to the server; empty when it did.
  std::string trouble() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::mail
