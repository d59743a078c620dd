#pragma once

#include "app/access/rows.hpp"

// A review of who has which right: started, each right confirmed or removed, finished.
namespace ks::app {

Result<MayReview> require_review(Tx& tx, const Stores& stores, const TenantScope& scope,
                                 const AccessPlace& place);

// `conflict` "review_open" while one of the place is open; 429 "too_many_requests" within
// kReviewEvery of the last start there. What the place need not keep is removed: see
// store/reviews.hpp.
Result<AccessReview> start_review(Tx& tx, const Stores& stores, const TenantScope& scope,
                                  const AccessPlace& place, Duration inactive_after);
Result<Page<AccessReview>> reviews(Tx& tx, const Stores& stores, const TenantScope& scope,
                                   const AccessPlace& place, const PageRequest& page);

// `review` is an id. not_found for who may not review its place, whatever they may see there.
Result<AccessReview> review(Tx& tx, const Stores& stores, const TenantScope& scope,
                            std::string_view review);
Result<Page<ReviewRow>> review_rows(Tx& tx, const Stores& stores, const TenantScope& scope,
                                    std::string_view review, const PageRequest& page);

struct RowDecision {
  Decision decision = Decision::confirmed;  // Or removed.
  // Taking out oneself wants to be meant.
  bool confirmed = false;
};
// A removal is one by remove_member() or remove_team_member(), with all that these refuse.
// `conflict` "review_closed" for a finished one, "right_changed" where the right is not any more
// what is to be decided. Done twice it is done once; what was confirmed can still be removed.
Result<ReviewRow> decide_right(Tx& tx, const Stores& stores, const TenantScope& scope,
                               std::string_view review, std::string_view number,
                               const RowDecision& wanted);
// What is not decided by then stays as it is. Done twice it is done once.
Result<AccessReview> finish_review(Tx& tx, const Stores& stores, const TenantScope& scope,
                                   std::string_view review);

}  // namespace ks::app
