#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks::mail {

enum class SmtpTls {
  implicit_,  // From the first byte (smtps).
  required,   // STARTTLS, and nothing is said before it.
  none,       // Only to this machine.
};

// The server that takes our mail.
struct SmtpServer {
  std::string host;  // IPv6 without brackets.
  std::uint16_t port = 0;
  SmtpTls tls = SmtpTls::required;
  std::string user;
  std::string password;  // Never printed.
  std::string ca_file;   // PEM; empty: the system's authorities.
  std::string hello = "localhost";
};

// "smtp://[USER:PASSWORD@]HOST[:PORT]" (587, STARTTLS required unless the host is loopback) or
// "smtps://..." (465). User and password are percent-decoded.
Result<SmtpServer> parse_smtp_url(std::string_view url);

// With "***" in place of the password.
std::string mask_smtp_url(std::string_view url);

}  // namespace ks::mail
