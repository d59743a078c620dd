#include "sql/audit/audit_writer.hpp"

#include "base/digest.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {
constexpr std::size_t kSaltBytes = 16;

Json& at(Json& detail, const std::vector<std::string>& path) {
  Json* place = &detail;
  for (const std::string& name : path) place = &(*place)[name];
  return *place;
}
}  // namespace

AuditWriter::AuditWriter(std::string key, Random& random)
    : chain_key_(std::move(key)),
      personal_key_(derive_key(chain_key_, "personal")),
      random_(random) {}

std::string AuditWriter::hashed(std::string_view kind, std::string_view salt,
                                std::string_view value) const {
  return hex(hmac_fields(personal_key_, {kind, salt, value}));
}

void AuditWriter::describe(AuditRow& row, const Facts& facts, std::string_view salt) const {
  row.request_id = facts.request_id;
  if (!salt.empty() && !facts.address.empty()) row.address = hashed("address", salt, facts.address);
  Json detail = facts.detail.is_null() ? Json::object() : facts.detail;
  for (const Personal& one : facts.personal) {
    Json hash = Json::object();
    hash.set("hash", salt.empty() ? "" : hashed("text", salt, one.value));
    at(detail, one.path) = std::move(hash);
  }
  row.detail = detail.dump();
}

void AuditWriter::seal(AuditRow& row, const AuditChain& chain) const {
  row.mac = audit_mac(chain_key_, chain, row);
}

std::string AuditWriter::new_salt() const { return random_token(random_, kSaltBytes); }

Result<std::string> AuditWriter::salt_of(SqlTx& tx, const ClientScope& scope,
                                         const UserId& user) const {
  KS_TRY(const auto known, tx.run(scope, q::audit_salt, user));
  if (known) return known->str(0);
  KS_CHECK(tx.run(scope, q::audit_salt_create, new_salt(), user));
  // Another transaction's may have come first; that one counts.
  KS_TRY(const auto made, tx.run(scope, q::audit_salt, user));
  return made ? made->str(0) : std::string();
}

}  // namespace ks::sql
