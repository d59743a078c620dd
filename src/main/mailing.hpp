#pragma once

#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/metrics.hpp"
#include "mail/outbox.hpp"
#include "mail/sender.hpp"
#include "main/config/config.hpp"
#include "main/stores.hpp"
#include "main/traces/tracing.hpp"
#include "runtime/loop.hpp"

namespace ks {

// Mail as the configuration names it: the outbox that use cases queue into and, unless mail is off,
// what sends it.
class Mailing {
 public:
  Mailing(const Config& config, Database& db, SqlStores& stores, const Clock& clock, Random& random,
          http::Metrics& metrics, Tracing& tracing);

  Outbox& outbox() { return outbox_; }
  // What stands in files of these, where mail is files; waits for the disk.
  Result<void> remove_files(const std::vector<MailId>& mails);
  void start(runtime::Loop& loop);
  void wake();
  void stop();
  void wait_stopped();
  // Why mail does not leave at the moment; empty when all is well.
  std::string trouble() const;
  // Brings the numbers of what waits up to date.
  void measure();

 private:
  Database& db_;
  MailStore& store_;
  const Clock& clock_;
  http::Metrics& metrics_;
  mail::SealedOutbox outbox_;
  std::unique_ptr<mail::Transport> transport_;  // Null when mail is off.
  std::unique_ptr<mail::Sender> sender_;
  std::unique_ptr<runtime::BlockingPool> disk_;  // Null unless mail is files.
};

}  // namespace ks
