#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "domain/ids.hpp"
#include "domain/mail/email_address.hpp"
#include "mail/mime.hpp"

namespace ks::mail {

// A finished mail on its way to one mailbox.
struct Outgoing {
  MailId id;
  EmailAddress from;
  EmailAddress to;
  std::string content;  // As mime() gives it for the transport's wire.
};

// How one try to hand it over has ended.
struct Attempt {
  enum class Kind {
    taken,
    refused,  // For good: another try would be refused as well.
    later,
  };
  Kind kind = Kind::later;
  // One word of a short list, for people and metrics: taken, refused, deferred, unreachable,
  // timeout, tls, login, broken_off, not_written, stopped; unknown_kind where it came to no try.
  std::string cause;
  // The server's codes, such as "550 5.1.1". Its words are left out: they tend to name the address.
  std::string detail;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Blocks until it has ended one way or the other. From any thread, several at a time.
  virtual Attempt send(const Outgoing& mail) = 0;
  virtual Wire wire() const { return Wire::ascii; }
  // Where what was sent stays with us: removes these, and everything that was sent before a moment.
  // What is not there is no error. Both block. From any thread.
  virtual Result<void> remove(const std::vector<MailId>& /*mails*/) { return {}; }
  virtual Result<void> remove_older(Time /*before*/) { return {}; }
  // Tries that have not handed anything over yet end soon; from any thread. For good.
  virtual void stop() {}
};

}  // namespace ks::mail
