#include "sql/people/account_links.hpp"

#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks {

std::string_view name(LinkPurpose purpose) {
  switch (purpose) {
    case LinkPurpose::sign_up:
      return "sign_up";
    case LinkPurpose::reset:
      return "reset";
    case LinkPurpose::change_address:
      return "change_address";
    case LinkPurpose::restore_address:
      return "restore_address";
  }
  return {};
}

}  // namespace ks

namespace ks::sql {

namespace {

constexpr std::string_view kNobody = "00000000-0000-0000-0000-000000000000";

AccountLink link_at(const Row& row, LinkPurpose purpose, std::string_view token_hash) {
  AccountLink link{.purpose = purpose,
                   .subject = row.str(0),
                   .token_hash = std::string(token_hash),
                   .user = std::nullopt,
                   .address = row.str(2),
                   .name = row.str(3),
                   .password_hash = row.str(4),
                   .created_at = row.time(5),
                   .expires_at = row.time(6),
                   .locale = locale_or_english(row.text(7))};
  if (row.text(1) != kNobody) link.user = row.id<User>(1);
  return link;
}
std::optional<AccountLink> link_at(const std::optional<Row>& row, LinkPurpose purpose,
                                   std::string_view token_hash) {
  return row ? std::optional(link_at(*row, purpose, token_hash)) : std::nullopt;
}

}  // namespace

Result<void> SqlAccountLinkStore::put(Tx& tx, const ClientScope& scope, const AccountLink& link) {
  KS_CHECK(sql_tx(tx).run(scope, q::account_link_put, name(link.purpose), link.subject,
                          link.token_hash, link.user ? link.user->str() : std::string(kNobody),
                          link.address, link.name, link.password_hash, link.created_at,
                          link.expires_at, name(link.locale)));
  return {};
}

Result<std::optional<AccountLink>> SqlAccountLinkStore::find(Tx& tx, const ClientScope& scope,
                                                             LinkPurpose purpose,
                                                             std::string_view token_hash,
                                                             Time now) {
  KS_TRY(const auto row,
         sql_tx(tx).run(scope, q::account_link_live, token_hash, name(purpose), now));
  return link_at(row, purpose, token_hash);
}

Result<std::optional<AccountLink>> SqlAccountLinkStore::use(Tx& tx, const ClientScope& scope,
                                                            LinkPurpose purpose,
                                                            std::string_view token_hash, Time now) {
  KS_TRY(const auto row,
         sql_tx(tx).run(scope, q::account_link_used, token_hash, name(purpose), now));
  return link_at(row, purpose, token_hash);
}

Result<std::vector<AccountLink>> SqlAccountLinkStore::list(Tx& tx, const ClientScope& scope,
                                                           LinkPurpose purpose,
                                                           std::string_view address, Time now) {
  KS_TRY(const auto rows, sql_tx(tx).run(scope, q::account_links_to, address, name(purpose), now));
  std::vector<AccountLink> out;
  out.reserve(rows.size());
  for (const Row& row : rows) out.push_back(link_at(row, purpose, row.text(8)));
  return out;
}

Result<void> SqlAccountLinkStore::remove(Tx& tx, const ClientScope& scope, LinkPurpose purpose,
                                         std::string_view subject) {
  KS_CHECK(sql_tx(tx).run(scope, q::account_link_removed, name(purpose), subject));
  return {};
}

Result<void> SqlAccountLinkStore::drop(Tx& tx, const ClientScope& scope, const UserId& user,
                                       LinkPurpose purpose, Time since) {
  KS_CHECK(sql_tx(tx).run(scope, q::account_links_dropped, user, name(purpose), since));
  return {};
}

Result<std::optional<AccountLinkStore::KeptFor>> SqlAccountLinkStore::way_back_to(
    Tx& tx, const ClientScope& scope, std::string_view address, Time now) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::account_link_way_back_to, address, now));
  if (!row) return std::optional<KeptFor>();
  const Locale locale = row->is_null(1) ? Locale::en : locale_or_english(row->text(1));
  return std::optional(KeptFor{row->id<User>(0), locale});
}

}  // namespace ks::sql
