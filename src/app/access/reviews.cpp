#include "app/access/reviews.hpp"

#include <charconv>

#include "app/members.hpp"
#include "app/plans.hpp"
#include "app/removal.hpp"
#include "app/team_members.hpp"
#include "authz/policy.hpp"
#include "store/removals.hpp"

namespace ks::app {

namespace {

struct Held {
  MayReview may;
  AccessReview review;
};

Result<AccessReview> find(Tx& tx, const Stores& stores, const TenantScope& scope,
                          const ReviewId& id) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(auto found, stores.reviews.find(tx, may_read, id));
  if (!found) return not_found();
  return std::move(*found);
}

Result<Held> held(Tx& tx, const Stores& stores, const TenantScope& scope, std::string_view text) {
  const auto id = ReviewId::parse(text);
  if (!id) return not_found();
  KS_TRY(AccessReview found, find(tx, stores, scope, *id));
  const auto place = found.team ? AccessPlace(found.team->id.text()) : AccessPlace();
  auto may = require_review(tx, stores, scope, place);
  if (may) return Held{std::move(*may), std::move(found)};
  // Who runs it knows that it is there.
  if (may.error().code == Error::Code::denied && may.error().problem != "org_suspended")
    return not_found();
  return std::unexpected(std::move(may).error());
}

// The same as it is under the lock, under which alone reviews and rights change.
Result<Held> locked(Tx& tx, const Stores& stores, const TenantScope& scope, std::string_view text) {
  KS_TRY(Held out, held(tx, stores, scope, text));
  KS_CHECK(hold_members(tx, stores, out.may.permit(), out.may.team()));
  KS_TRY(out.review, find(tx, stores, scope, out.review.id));
  return out;
}

Result<void> record(Tx& tx, const Stores& stores, const MayReview& may, const ReviewId& id,
                    Json detail, Time now) {
  if (may.team()) detail.set("team", may.team()->text());
  return stores.journal.record(tx, may.permit(),
                               Deed{may.action(), "access_review", id.str(), std::move(detail)},
                               std::nullopt, now);
}

Json counts_json(const AccessReview& review) {
  return Json::object({{"state", review.finished_at ? "finished" : "open"},
                       {"rights", review.rights},
                       {"confirmed", review.confirmed},
                       {"removed", review.removed},
                       {"changed", review.changed},
                       {"undecided", review.undecided}});
}

Result<void> remove(Tx& tx, const Stores& stores, const TenantScope& scope, const ReviewRow& row,
                    bool confirmed) {
  const PersonRef person{row.user, {}};
  if (row.team)
    return remove_team_member(tx, stores, scope, row.team->id.text(), person, confirmed,
                              std::nullopt);
  return remove_member(tx, stores, scope, person, confirmed, std::nullopt);
}

// Since when who was removed is told by the address of then: as the audit log tells it, to who may
// give them back; who looks after one team knows of nobody who is not in the organization.
Time former_since(const MayReview& may, Time now) {
  const bool told =
      policy::allows_on_org(may.permit().scope().standing(), Action::org_members_manage);
  return told ? now - kReinstatable : now;
}

}  // namespace

Result<MayReview> require_review(Tx& tx, const Stores& stores, const TenantScope& scope,
                                 const AccessPlace& place) {
  if (!place) {
    KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
    return MayReview(may);
  }
  KS_TRY(const TeamId team, stores.authorizer.find_team(tx, scope, *place));
  KS_TRY(const auto may, stores.authorizer.require<Action::members_manage>(tx, scope, team));
  return MayReview(may);
}

Result<AccessReview> start_review(Tx& tx, const Stores& stores, const TenantScope& scope,
                                  const AccessPlace& place, Duration inactive_after) {
  KS_TRY(const MayReview may, require_review(tx, stores, scope, place));
  KS_CHECK(hold_members(tx, stores, may.permit(), may.team()));
  const Time now = stores.clock.now();
  KS_TRY(const auto latest, stores.reviews.latest(tx, may));
  if (latest && latest->open)
    return conflict("review_open", "A review is open already; finish it first.");
  if (latest && now < latest->started_at + kReviewEvery)
    return too_many("A review was started here less than an hour ago; wait before the next one.",
                    latest->started_at + kReviewEvery - now);
  KS_CHECK(stores.reviews.prune(tx, may, now));
  const ReviewId id = ReviewId::make(stores.clock, stores.random);
  KS_TRY(const bool started, stores.reviews.start(tx, may, id, now - inactive_after, now));
  if (!started) return bug("a review was started under its lock");
  KS_TRY(AccessReview made, find(tx, stores, scope, id));
  KS_CHECK(record(tx, stores, may, id, counts_json(made), now));
  return made;
}

Result<Page<AccessReview>> reviews(Tx& tx, const Stores& stores, const TenantScope& scope,
                                   const AccessPlace& place, const PageRequest& page) {
  KS_TRY(const MayReview may, require_review(tx, stores, scope, place));
  return stores.reviews.list(tx, may, page);
}

Result<AccessReview> review(Tx& tx, const Stores& stores, const TenantScope& scope,
                            std::string_view text) {
  KS_TRY(Held found, held(tx, stores, scope, text));
  return std::move(found.review);
}

Result<Page<ReviewRow>> review_rows(Tx& tx, const Stores& stores, const TenantScope& scope,
                                    std::string_view text, const PageRequest& page) {
  KS_TRY(const Held found, held(tx, stores, scope, text));
  return stores.reviews.rows(tx, found.may, found.review.id,
                             former_since(found.may, stores.clock.now()), page);
}

Result<ReviewRow> decide_right(Tx& tx, const Stores& stores, const TenantScope& scope,
                               std::string_view text, std::string_view number_text,
                               const RowDecision& wanted) {
  KS_ASSERT(wanted.decision == Decision::confirmed || wanted.decision == Decision::removed);
  KS_TRY(const Held found, locked(tx, stores, scope, text));
  const MayReview& may = found.may;
  const ReviewId& id = found.review.id;
  const Time former = former_since(may, stores.clock.now());
  std::int64_t number = 0;
  const auto read =
      std::from_chars(number_text.data(), number_text.data() + number_text.size(), number);
  if (read.ec != std::errc() || read.ptr != number_text.data() + number_text.size() || number < 1)
    return not_found();
  KS_TRY(const auto row, stores.reviews.row(tx, may, id, former, number));
  if (!row) return not_found();
  if (row->decision == wanted.decision) return *row;
  if (found.review.finished_at) return conflict("review_closed", "The review is finished.");
  if (row->now != ReviewRow::Now::same)
    return conflict("right_changed",
                    "The right was changed or taken away since the review was started.");
  if (wanted.decision == Decision::removed)
    KS_CHECK(remove(tx, stores, scope, *row, wanted.confirmed));
  const Time now = stores.clock.now();
  KS_TRY(const bool set, stores.reviews.decide(tx, may, id, *row, wanted.decision, now));
  if (!set) return bug("a right was decided under its lock");
  KS_CHECK(record(tx, stores, may, id,
                  Json::object({{"row", number},
                                {"member", row->user.text()},
                                {"in_team", row->team ? Json(row->team->id.text()) : Json()},
                                {"role", row->role},
                                {"before", Json::object({{"decision", name(row->decision)}})},
                                {"after", Json::object({{"decision", name(wanted.decision)}})}}),
                  now));
  KS_TRY(auto decided, stores.reviews.row(tx, may, id, former, number));
  if (!decided) return bug("a right is gone from its review");
  return std::move(*decided);
}

Result<AccessReview> finish_review(Tx& tx, const Stores& stores, const TenantScope& scope,
                                   std::string_view text) {
  KS_TRY(const Held found, locked(tx, stores, scope, text));
  if (found.review.finished_at) return found.review;
  const Time now = stores.clock.now();
  KS_TRY(const bool finished, stores.reviews.finish(tx, found.may, found.review.id, now));
  if (!finished) return bug("a review was finished under its lock");
  KS_TRY(AccessReview out, find(tx, stores, scope, found.review.id));
  KS_CHECK(record(tx, stores, found.may, out.id, counts_json(out), now));
  return out;
}

}  // namespace ks::app
