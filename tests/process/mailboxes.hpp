#pragma once

#include <string>
#include <vector>

#include "mail/smtp_sink.hpp"
#include "tests/process/installation.hpp"

namespace ks::test {

// What people find in their mail: a real mail server that an installation sends by.
class Mailboxes {
 public:
  // The installation sends by this server from its next start on.
  void serve(Installation& world) const;
  // The mails to this address and nobody else, heads and all, with their broken lines made whole.
  std::vector<std::string> texts(const std::string& address) const;
  // What stands behind '#' of links below that path, in the order of arrival.
  std::vector<std::string> tokens(const std::string& address, const std::string& path) const;
  // Whether one of them says so.
  bool has(const std::string& address, const std::string& words) const;
  const mail::test::SmtpSink& sink() const { return sink_; }

 private:
  mail::test::SmtpSink sink_;
};

}  // namespace ks::test
