#pragma once

#include <optional>
#include <string>

#include "domain/mail/email_address.hpp"
#include "mail/url.hpp"

namespace ks::mail {

// Whose mail it looks like and comes from: the platform's, or a client's.
struct Brand {
  std::string product;      // "K8s Scheduler"
  std::string sender_name;  // Beside the address in From.
  EmailAddress sender;
  std::optional<EmailAddress> reply_to;
  BaseUrl base;
  std::string accent = "#1f5fbf";  // "#rrggbb", with white text on it.
};

}  // namespace ks::mail
