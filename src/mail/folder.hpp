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

 private:
  std::string folder_;
};

}  // namespace ks::mail
