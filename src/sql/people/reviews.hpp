#pragma once

#include "store/reviews.hpp"

namespace ks::sql {

class SqlReviewStore final : public ReviewStore {
 public:
  Result<std::optional<Latest>> latest(Tx&, const MayReview&) override;
  Result<void> prune(Tx&, const MayReview&, Time now) override;
  Result<bool> start(Tx&, const MayReview&, const ReviewId&, Time seen_until, Time now) override;
  Result<std::optional<AccessReview>> find(Tx&, const Permit<Action::org_read, Org>&,
                                           const ReviewId&) override;
  Result<Page<AccessReview>> list(Tx&, const MayReview&, const PageRequest&) override;
  Result<Page<ReviewRow>> rows(Tx&, const MayReview&, const ReviewId&, Time removed_after,
                               const PageRequest&) override;
  Result<std::optional<ReviewRow>> row(Tx&, const MayReview&, const ReviewId&, Time removed_after,
                                       std::int64_t number) override;
  Result<bool> decide(Tx&, const MayReview&, const ReviewId&, const ReviewRow&, Decision,
                      Time now) override;
  Result<bool> finish(Tx&, const MayReview&, const ReviewId&, Time now) override;
};

}  // namespace ks::sql
