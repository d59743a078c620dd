#include "sql/people/reviews.hpp"

#include <charconv>

#include "sql/driver/sql_tx.hpp"
#include "sql/people/grant_rows.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks {

std::optional<Decision> decision(std::string_view text) {
  for (const Decision one : {Decision::pending, Decision::confirmed, Decision::removed,
                             Decision::changed, Decision::undecided})
    if (name(one) == text) return one;
  return std::nullopt;
}

}  // namespace ks

namespace ks::sql {

namespace {

// What one start may remove; what more there is goes with the next ones.
constexpr int kPrunedMax = 5;

AccessReview review_at(const Row& row) {
  std::optional<AccessRow::InTeam> team;
  if (!row.is_null(1))
    team = AccessRow::InTeam{row.id<Team>(1), row.str_or_empty(2), row.str_or_empty(3)};
  const bool finished = row.text(15) == "finished";
  return AccessReview{row.id<Review>(0),   std::move(team),
                      row.id<User>(4),     row.str_or_empty(5),
                      row.time(6),         row.id_or_null<User>(7),
                      row.str_or_empty(8), finished ? std::optional(row.time(9)) : std::nullopt,
                      row.integer(10),     row.integer(11),
                      row.integer(12),     row.integer(13),
                      row.integer(14)};
}

// Columns of access_review_rows_from.
enum Column {
  kNumber,
  kUser,
  kEmail,
  kName,
  kRole,
  kMade,
  kGrantedAt,  // With who gave it, and what that person is called; see grant_at().
  kSeen = kGrantedAt + 3,
  kInactive,
  kTeam,
  kTeamSlug,
  kTeamName,
  kDecision,
  kDecidedBy,
  kDecidedByName,
  kDecidedAt,
  kRoleNow,
  kGrantedAtNow
};

ReviewRow::Now now_of(const Row& row) {
  if (row.is_null(kRoleNow)) return ReviewRow::Now::gone;
  const bool same = row.text(kRoleNow) == row.text(kRole) &&
                    row.time_or_null(kGrantedAtNow) == row.time_or_null(kGrantedAt);
  return same ? ReviewRow::Now::same : ReviewRow::Now::changed;
}

Result<ReviewRow> row_at(const Row& row) {
  const auto decided = decision(row.text(kDecision));
  if (!decided) return bug("access_review_rows holds a decision that is not known");
  const UserId user = row.id<User>(kUser);
  std::optional<AccessRow::InTeam> team;
  if (!row.is_null(kTeam))
    team = AccessRow::InTeam{row.id<Team>(kTeam), row.str_or_empty(kTeamSlug), row.str(kTeamName)};
  return ReviewRow{
      row.integer(kNumber),
      user,
      row.str_or_empty(kEmail),
      row.str_or_empty(kName),
      std::move(team),
      row.str(kRole),
      row.time_or_null(kGrantedAt).value_or(row.time(kMade)),
      grant_at(row, kGrantedAt, user, row.text(kRole)),
      row.time_or_null(kSeen),
      row.flag(kInactive),
      now_of(row),
      row.str_or_empty(kRoleNow),
      *decided,
      row.id_or_null<User>(kDecidedBy),
      row.str_or_empty(kDecidedByName),
      *decided == Decision::pending ? std::nullopt : std::optional(row.time(kDecidedAt))};
}

std::int64_t after_number(const PageRequest& page) {
  std::int64_t number = 0;
  std::from_chars(page.after.data(), page.after.data() + page.after.size(), number);
  return number;
}

int counts(Decision decided, Decision as) { return decided == as ? 1 : 0; }

}  // namespace

Result<std::optional<ReviewStore::Latest>> SqlReviewStore::latest(Tx& tx, const MayReview& may) {
  std::optional<Row> row;
  if (may.team()) {
    KS_TRY(row, sql_tx(tx).run(may.permit(), q::access_review_latest_in_team, *may.team()));
  } else {
    KS_TRY(row, sql_tx(tx).run(may.permit(), q::access_review_latest_in_org));
  }
  if (!row) return std::optional<Latest>();
  return std::optional(Latest{row->time(0), row->text(1) == "open"});
}

Result<void> SqlReviewStore::prune(Tx& tx, const MayReview& may, Time now) {
  SqlTx& sql = sql_tx(tx);
  const Time before = now - kReviewsKeptFor;
  if (may.team())
    KS_CHECK(sql.run(may.permit(), q::access_reviews_prune_in_team, *may.team(), kReviewsKept,
                     kReviewsKeptMax, before, kPrunedMax));
  else
    KS_CHECK(sql.run(may.permit(), q::access_reviews_prune_in_org, kReviewsKept, kReviewsKeptMax,
                     before, kPrunedMax));
  return {};
}

Result<bool> SqlReviewStore::start(Tx& tx, const MayReview& may, const ReviewId& id,
                                   Time seen_until, Time now) {
  SqlTx& sql = sql_tx(tx);
  const AnyPermit& permit = may.permit();
  KS_TRY(const auto created,
         sql.run(permit, q::access_review_create, id, may.team(), permit.scope().actor(), now));
  if (created == 0) return false;
  std::int64_t rights = 0;
  if (may.team()) {
    KS_TRY(rights, sql.run(permit, q::access_review_of_team, id, seen_until, *may.team()));
  } else {
    KS_TRY(rights, sql.run(permit, q::access_review_of_org, id, seen_until));
    KS_TRY(const auto in_teams, sql.run(permit, q::access_review_of_teams, id, rights, seen_until));
    rights += in_teams;
  }
  KS_CHECK(sql.run(permit, q::access_review_count, rights, 0, 0, id));
  return true;
}

Result<std::optional<AccessReview>> SqlReviewStore::find(
    Tx& tx, const Permit<Action::org_read, Org>& permit, const ReviewId& id) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::access_review_by_id, id));
  if (!row) return std::optional<AccessReview>();
  return std::optional(review_at(*row));
}

Result<Page<AccessReview>> SqlReviewStore::list(Tx& tx, const MayReview& may,
                                                const PageRequest& page) {
  const std::string_view after = page.after.empty() ? kFirstId : std::string_view(page.after);
  std::vector<Row> rows;
  if (may.team()) {
    KS_TRY(rows, sql_tx(tx).run(may.permit(), q::access_reviews_in_team, *may.team(), after,
                                page.limit + 1));
  } else {
    KS_TRY(rows, sql_tx(tx).run(may.permit(), q::access_reviews_in_org, after, page.limit + 1));
  }
  Page<AccessReview> out;
  for (const Row& row : rows) {
    if (out.items.size() == static_cast<std::size_t>(page.limit)) {
      out.next = out.items.back().id.str();
      break;
    }
    out.items.push_back(review_at(row));
  }
  return out;
}

Result<Page<ReviewRow>> SqlReviewStore::rows(Tx& tx, const MayReview& may, const ReviewId& id,
                                             Time removed_after, const PageRequest& page) {
  KS_TRY(const auto rows, sql_tx(tx).run(may.permit(), q::access_review_rows_from, removed_after,
                                         id, after_number(page), page.limit + 1));
  Page<ReviewRow> out;
  for (const Row& row : rows) {
    if (out.items.size() == static_cast<std::size_t>(page.limit)) {
      out.next = std::to_string(out.items.back().number);
      break;
    }
    KS_TRY(auto one, row_at(row));
    out.items.push_back(std::move(one));
  }
  return out;
}

Result<std::optional<ReviewRow>> SqlReviewStore::row(Tx& tx, const MayReview& may,
                                                     const ReviewId& id, Time removed_after,
                                                     std::int64_t number) {
  KS_TRY(const auto rows, sql_tx(tx).run(may.permit(), q::access_review_rows_from, removed_after,
                                         id, number - 1, 1));
  if (rows.empty() || rows.front().integer(kNumber) != number) return std::optional<ReviewRow>();
  KS_TRY(auto one, row_at(rows.front()));
  return std::optional(std::move(one));
}

Result<bool> SqlReviewStore::decide(Tx& tx, const MayReview& may, const ReviewId& id,
                                    const ReviewRow& row, Decision decided, Time now) {
  SqlTx& sql = sql_tx(tx);
  const AnyPermit& permit = may.permit();
  KS_TRY(const auto set, sql.run(permit, q::access_review_decide, name(decided),
                                 permit.scope().actor(), now, id, row.number, name(row.decision)));
  if (set == 0) return false;
  const auto more = [&](Decision as) { return counts(decided, as) - counts(row.decision, as); };
  KS_CHECK(sql.run(permit, q::access_review_count, 0, more(Decision::confirmed),
                   more(Decision::removed), id));
  return true;
}

Result<bool> SqlReviewStore::finish(Tx& tx, const MayReview& may, const ReviewId& id, Time now) {
  SqlTx& sql = sql_tx(tx);
  const AnyPermit& permit = may.permit();
  KS_TRY(const auto changed, sql.run(permit, q::access_review_rows_changed, now, id));
  KS_TRY(const auto undecided, sql.run(permit, q::access_review_rows_undecided, now, id));
  KS_TRY(const auto finished, sql.run(permit, q::access_review_finish, permit.scope().actor(), now,
                                      changed, undecided, id));
  return finished == 1;
}

}  // namespace ks::sql
