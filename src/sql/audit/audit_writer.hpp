#pragma once

#include <string>
#include <utility>

#include "base/random.hpp"
#include "domain/audit/chain.hpp"
#include "sql/driver/sql_tx.hpp"
#include "store/journal.hpp"

namespace ks::sql {

// What both kinds of chains have in common: the keys, and the form of a row.
//
// Addresses and personal texts are hashed under a key that is not in the database and a salt that
// is, one a person. Nobody can look them up in a list of all addresses without both, and when the
// salt is gone nobody can at all.
class AuditWriter {
 public:
  // `key` is derived from the installation's key.
  AuditWriter(std::string key, Random& random);

  struct Facts {
    std::string_view request_id;
    std::string_view address;
    const Json& detail;
    const std::vector<Personal>& personal;
  };
  // Fills in what depends on the salt. Without a salt no address and no text is kept.
  void describe(AuditRow& row, const Facts& facts, std::string_view salt) const;
  void seal(AuditRow& row, const AuditChain& chain) const;

  // The person's salt, made at its first use. Empty for a person of another client: an
  // administrator of the platform in a client's organization.
  Result<std::string> salt_of(SqlTx& tx, const ClientScope& scope, const UserId& user) const;
  std::string new_salt() const;

 private:
  std::string hashed(std::string_view kind, std::string_view salt, std::string_view value) const;

  std::string chain_key_;
  std::string personal_key_;
  Random& random_;
};

}  // namespace ks::sql
