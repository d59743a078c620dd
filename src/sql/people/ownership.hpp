#pragma once

#include "store/ownership.hpp"

namespace ks::sql {

class SqlOwnershipStore final : public OwnershipStore {
 public:
  Result<std::optional<Owner>> owner(Tx&, const AnyPermit&) override;
  Result<bool> transfer(Tx&, const MayTakeOwnership&, Time now) override;

  Result<bool> create(Tx&, const Permit<Action::org_transfer, Org>&,
                      const OwnershipOffer&) override;
  Result<Page<OwnershipOffer>> list(Tx&, const Permit<Action::org_read, Org>&,
                                    const std::optional<UserId>& only_to,
                                    const PageRequest&) override;
  Result<std::optional<OwnershipOffer>> find(Tx&, const Permit<Action::org_read, Org>&,
                                             const OfferId&) override;
  Result<bool> settle(Tx&, const Permit<Action::org_read, Org>&, const OfferId&, OfferState,
                      std::string_view reason, Time now) override;
  Result<std::optional<Ended>> expire(Tx&, const AnyPermit&, Time now) override;
  Result<std::optional<Ended>> cancel_of(Tx&, const AnyPermit&, const UserId&, CancelledFor,
                                         Time now) override;
  Result<std::int64_t> count_of(Tx&, const AnyPermit&, const UserId&, Time now) override;

  Result<std::optional<Appointee>> find_appointee(Tx&,
                                                  const Permit<Action::orgs_appoint_owner, Org>&,
                                                  const PersonRef&) override;
};

}  // namespace ks::sql
