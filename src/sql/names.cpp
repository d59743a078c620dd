#include "sql/names.hpp"

#include "base/digest.hpp"
#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

// Each client has its own slugs.
std::string SqlNameStore::slug_hash(const ClientScope& scope, std::string_view slug) const {
  return hex(hmac_fields(key_, {"slug", scope.client().text(), slug}));
}

Result<bool> SqlNameStore::claim_slug(Tx& tx, const AnyPermit& permit, std::string_view slug,
                                      Time now) {
  const ClientScope client = permit.scope().client_scope();
  KS_TRY(const auto claimed, sql_tx(tx).run(client, q::slug_claimed, slug_hash(client, slug),
                                            permit.scope().org(), now));
  return claimed == 1;
}

Result<void> SqlNameStore::unclaim_slug(Tx& tx, const AnyPermit& permit, std::string_view slug) {
  const ClientScope client = permit.scope().client_scope();
  KS_CHECK(
      sql_tx(tx).run(client, q::slug_unclaimed, slug_hash(client, slug), permit.scope().org()));
  return {};
}

Result<void> SqlNameStore::let_go_slug(Tx& tx, const AnyPermit& permit, std::string_view slug,
                                       Time until) {
  const ClientScope client = permit.scope().client_scope();
  KS_CHECK(
      sql_tx(tx).run(client, q::slug_let_go, slug_hash(client, slug), permit.scope().org(), until));
  return {};
}

Result<std::optional<Time>> SqlNameStore::lets_go_at(Tx& tx, const AnyPermit& permit, Time now) {
  KS_TRY(const auto row, sql_tx(tx).run(permit.scope().client_scope(), q::slugs_at_rest,
                                        permit.scope().org(), now));
  if (row.integer(0) < kSlugsAtRestMax) return std::optional<Time>();
  return std::optional(row.time(1));
}

Result<std::optional<OrgId>> SqlNameStore::holder_before(Tx& tx, const ClientScope& client,
                                                         std::string_view slug, Time now) {
  KS_TRY(const auto row,
         sql_tx(tx).run(client, q::slug_holder_before, slug_hash(client, slug), now));
  if (!row) return std::optional<OrgId>();
  return std::optional(row->id<Org>(0));
}

Result<void> SqlNameStore::orphan_slugs(Tx& tx, const Permit<Action::org_purge, Org>& permit,
                                        Time until) {
  KS_CHECK(sql_tx(tx).run(permit.scope().client_scope(), q::slugs_orphaned, until, permit.id()));
  return {};
}

Result<bool> SqlNameStore::give(Tx& tx, const AnyPermit& permit, ClusterName kind,
                                std::string_view name) {
  const std::string_view word = kind == ClusterName::namespace_ ? "namespace" : "stem";
  KS_TRY(const auto given, sql_tx(tx).run(permit.scope().client_scope(), q::name_given, word,
                                          hex(hmac_fields(key_, {word, name}))));
  return given == 1;
}

Result<void> SqlNameStore::sweep(Tx& tx, const FleetScope& fleet, Time now) {
  KS_CHECK(sql_tx(tx).run(fleet, q::names_swept, now));
  return {};
}

}  // namespace ks::sql
