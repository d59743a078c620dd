#pragma once

#include "store/invitations.hpp"

namespace ks::sql {

class SqlInvitationStore final : public InvitationStore {
 public:
  Result<Page<Invitation>> list(Tx&, const MaySeeInvitations&,
                                const std::optional<InvitationState>&, const PageRequest&,
                                Time now) override;
  Result<std::optional<Invitation>> find(Tx&, const AnyPermit&, const InvitationId&) override;
  Result<std::optional<InvitationId>> find_pending(Tx&, const AnyPermit&,
                                                   std::string_view email) override;
  Result<std::optional<UserId>> find_member(Tx&, const MayInvite&, std::string_view email) override;
  Result<std::optional<Held>> find_by_token(Tx&, const MayAnswer&,
                                            std::string_view token_hash) override;
  Result<bool> address_has_account(Tx&, const MayAnswer&, const InvitationId&) override;

  Result<std::optional<Resends>> last_sent(Tx&, const MayInvite&, std::string_view email,
                                           Time sent_after) override;
  Result<bool> create(Tx&, const MayInvite&, const Invitation&, const std::optional<Locale>& locale,
                      std::string_view token_hash) override;
  Result<void> set(Tx&, const AnyPermit&, const Invitation&) override;
  Result<bool> set_part(Tx&, const MayInvite&, const InvitationId&,
                        const Invitation::Part&) override;
  Result<void> remove_part(Tx&, const AnyPermit&, const InvitationId&, const TeamId&) override;
  Result<bool> renew(Tx&, const MayInvite&, const Invitation&,
                     std::string_view token_hash) override;
  Result<bool> settle(Tx&, const AnyPermit&, const InvitationId&, InvitationState,
                      std::string_view reason, const std::optional<UserId>& answered_by,
                      Time now) override;

  Result<std::vector<InvitationId>> expire(Tx&, const AnyPermit&, Time now) override;
  Result<std::vector<InvitationId>> pending(Tx&, const AnyPermit&) override;
  Result<std::vector<InvitationId>> pending_of(Tx&, const AnyPermit&, const UserId&) override;
  Result<std::optional<Standing>> standing(Tx&, const AnyPermit&, const UserId&) override;

  Result<bool> tell(Tx&, const AnyPermit&, const InvitationId&, Time now,
                    Time told_before) override;
  Result<std::vector<Administrator>> administrators(Tx&, const AnyPermit&, int limit) override;
  Result<std::vector<Tenant>> with_overdue(Tx&, const FleetScope&, Time now, int limit) override;
  Result<std::int64_t> forget_older(Tx&, const FleetScope&, Time settled_before,
                                    int limit) override;
};

}  // namespace ks::sql
