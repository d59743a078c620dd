#include "sql/people/ownership.hpp"

#include "sql/driver/sql_tx.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

constexpr std::string_view kActive = "active";

Result<OwnershipOffer> offer_at(const Row& row) {
  const auto state = offer_state(row.text(7));
  if (!state) return bug("ownership_offers holds a state that is not known");
  return OwnershipOffer{row.id<Offer>(0),
                        row.id<User>(1),
                        row.str_or_empty(2),
                        row.str_or_empty(3),
                        row.id<User>(4),
                        row.str_or_empty(5),
                        row.str_or_empty(6),
                        *state,
                        row.time(8),
                        row.time(9),
                        *state == OfferState::open ? std::nullopt : std::optional(row.time(10)),
                        row.str(11)};
}

std::optional<OwnershipStore::Ended> ended_at(const std::optional<Row>& row) {
  if (!row) return std::nullopt;
  return OwnershipStore::Ended{row->id<Offer>(0), row->id<User>(1), row->id<User>(2), row->time(3)};
}

}  // namespace

Result<std::optional<OwnershipStore::Owner>> SqlOwnershipStore::owner(Tx& tx,
                                                                      const AnyPermit& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::owner_of_org));
  if (!row) return std::optional<Owner>();
  return std::optional(Owner{row->id<User>(0), row->str(1), row->str(2), row->text(3) == kActive});
}

Result<bool> SqlOwnershipStore::transfer(Tx& tx, const MayTakeOwnership& may, Time now) {
  SqlTx& sql = sql_tx(tx);
  // In this order: the schema refuses a second owner at any moment.
  KS_CHECK(sql.run(may.permit(), q::owner_step_down, may.by(), now));
  KS_TRY(const auto risen, sql.run(may.permit(), q::member_role_set, name(OrgRole::owner), may.by(),
                                   now, may.user()));
  return risen == 1;
}

Result<bool> SqlOwnershipStore::create(Tx& tx, const Permit<Action::org_transfer, Org>& permit,
                                       const OwnershipOffer& offer) {
  KS_TRY(const auto created, sql_tx(tx).run(permit, q::ownership_offer_create, offer.id, offer.from,
                                            offer.to, offer.created_at, offer.expires_at));
  return created == 1;
}

Result<Page<OwnershipOffer>> SqlOwnershipStore::list(Tx& tx,
                                                     const Permit<Action::org_read, Org>& permit,
                                                     const std::optional<UserId>& only_to,
                                                     const PageRequest& page) {
  const std::string_view after = page.after.empty() ? kFirstId : std::string_view(page.after);
  std::vector<Row> rows;
  if (only_to) {
    KS_TRY(rows,
           sql_tx(tx).run(permit, q::ownership_offers_per_target, *only_to, after, page.limit + 1));
  } else {
    KS_TRY(rows, sql_tx(tx).run(permit, q::ownership_offers_per_org, after, page.limit + 1));
  }
  Page<OwnershipOffer> out;
  for (const Row& row : rows) {
    if (out.items.size() == static_cast<std::size_t>(page.limit)) {
      out.next = out.items.back().id.str();
      break;
    }
    KS_TRY(auto offer, offer_at(row));
    out.items.push_back(std::move(offer));
  }
  return out;
}

Result<std::optional<OwnershipOffer>> SqlOwnershipStore::find(
    Tx& tx, const Permit<Action::org_read, Org>& permit, const OfferId& id) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::ownership_offer_by_id, id));
  if (!row) return std::optional<OwnershipOffer>();
  KS_TRY(auto offer, offer_at(*row));
  return std::optional(std::move(offer));
}

Result<bool> SqlOwnershipStore::settle(Tx& tx, const Permit<Action::org_read, Org>& permit,
                                       const OfferId& id, OfferState state, std::string_view reason,
                                       Time now) {
  KS_TRY(const auto settled,
         sql_tx(tx).run(permit, q::ownership_offer_settle, name(state), now, reason, id));
  return settled == 1;
}

Result<std::optional<OwnershipStore::Ended>> SqlOwnershipStore::expire(Tx& tx,
                                                                       const AnyPermit& permit,
                                                                       Time now) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::ownership_offers_expire, now));
  return ended_at(row);
}

Result<std::optional<OwnershipStore::Ended>> SqlOwnershipStore::cancel_of(
    Tx& tx, const AnyPermit& permit, const UserId& user, CancelledFor reason, Time now) {
  KS_TRY(const auto row,
         sql_tx(tx).run(permit, q::ownership_offers_cancel, now, name(reason), user));
  return ended_at(row);
}

Result<std::int64_t> SqlOwnershipStore::count_of(Tx& tx, const AnyPermit& permit,
                                                 const UserId& user, Time now) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::ownership_offers_open, now, user));
  return row.integer(0);
}

Result<std::optional<Appointee>> SqlOwnershipStore::find_appointee(
    Tx& tx, const Permit<Action::orgs_appoint_owner, Org>& permit, const PersonRef& person) {
  const std::string_view id = person.id ? std::string_view(person.id->text()) : kFirstId;
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::appointee_find, id, person.email));
  if (!row) return std::optional<Appointee>();
  return std::optional(Appointee{row->id<User>(0), row->str(1), row->str(2),
                                 row->text(3) == kActive, !row->is_null(4)});
}

}  // namespace ks::sql
