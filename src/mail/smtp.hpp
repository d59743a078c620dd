#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"
#include "mail/smtp_url.hpp"
#include "mail/transport.hpp"

namespace ks::mail {

// Hands mail to a server by SMTP, each over a connection of its own. A certificate that does not
// check out, or a server without TLS where it is required, ends the try before user, password or
// mail are said. Reads no proxy and no credentials from the environment.
class SmtpTransport final : public Transport {
 public:
  struct Limits {
    Duration connect = seconds(10);
    // Of the whole try. A server may take long to look into a mail; giving up early would have it
    // sent twice.
    Duration whole = seconds(120);
  };
  explicit SmtpTransport(SmtpServer server) : SmtpTransport(std::move(server), Limits{}) {}
  SmtpTransport(SmtpServer server, Limits limits);

  Attempt send(const Outgoing& mail) override;
  void stop() override { stopping_ = true; }

 private:
  SmtpServer server_;
  Limits limits_;
  std::atomic<bool> stopping_{false};
};

}  // namespace ks::mail
