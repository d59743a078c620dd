#pragma once

#include <string>

#include "mail/transport.hpp"

namespace ks::mail {

// In place of a server, for trying the product out: each mail becomes a file ID.eml that programs
// for mail open, readable by its owner only. The same mail again is the same file.
class FolderTransport final : public Transport {
 public:
  // Made, with its parents, when the first mail is written.
  explicit FolderTransport(std::string folder) : folder_(std::move(folder)) {}
  // Says in the log where the mail is.
  Attempt send(const Outgoing& mail) override;
  Wire wire() const override { return Wire::utf8; }
  // `unavailable` "mail_folder" where the folder does not let go of one.
  Result<void> remove(const std::vector<MailId>& mails) override;
  // By the time of the file; what else is in the folder stays.
  Result<void> remove_older(Time before) override;

 private:
  std::string finished(const MailId& id) const;
  std::string unfinished(const MailId& id) const;
  std::string folder_;
};

}  // namespace ks::mail
