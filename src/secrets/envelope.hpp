#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"
#include "domain/ids.hpp"

namespace ks {

// Secrets at rest: AES-256-GCM (NIST SP 800-38D) under a data key per organization, which is itself
// wrapped by the installation's key. The additional data binds client, organization and purpose, so
// a value that was moved to another row or tenant does not open.
class Envelope {
 public:
  // `master` is the installation's key, at least 32 bytes.
  explicit Envelope(std::string master) : master_(std::move(master)) {}

  // A fresh data key for the organization, wrapped: what the database keeps.
  std::string new_key(Random& random, const ClientId& client, const OrgId& org) const;

  // `purpose` names the row: "deployment/<id>/<name>".
  Result<std::string> seal(Random& random, std::string_view wrapped_key, const ClientId& client,
                           const OrgId& org, std::string_view purpose,
                           std::string_view plaintext) const;
  Result<std::string> open(std::string_view wrapped_key, const ClientId& client, const OrgId& org,
                           std::string_view purpose, std::string_view sealed) const;

  // For what belongs to a client but to no organization, or does not stay: under a key that is
  // derived of the installation's for that client and nothing else.
  std::string seal_for(Random& random, const ClientId& client, std::string_view purpose,
                       std::string_view plaintext) const;
  Result<std::string> open_for(const ClientId& client, std::string_view purpose,
                               std::string_view sealed) const;

  // What stands for a text where the text itself must not: the same for the same text of one client
  // and purpose, and nobody without the installation's key knows for which. Not to be opened.
  std::string mark(const ClientId& client, std::string_view purpose, std::string_view text) const;

 private:
  Result<std::string> unwrap(std::string_view wrapped, const ClientId& client,
                             const OrgId& org) const;
  std::string master_;
};

}  // namespace ks
