#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/invitations/invite.hpp"

// What those who invite do to an invitation that is pending. Each gives not_found for one of which
// the caller sees nothing, and `conflict` "invitation_closed" for one that is not pending.
namespace ks::app {

struct InvitationPatch {
  // Of who manages the organization's invitations only.
  std::optional<OrgRole> role;
  // All that the caller sees of it, from then on.
  std::optional<std::vector<Wanted::InTeam>> teams;
  // Of the mails to come; the one that was sent stays as it was.
  std::optional<Locale> locale = {};
};
Result<InvitationView> change_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view id, const InvitationPatch& patch,
                                         const std::optional<std::int64_t>& if_version);

// Another link in another mail, good for as long again; the one before is dead. 429
// "too_many_requests" within a minute, and after five times in a day.
Result<InvitationView> resend_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view id);

// Takes back what the caller sees of it: the whole, or the parts of their teams; where others gave
// more, that stays. Done twice it is done once.
Result<void> revoke_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                               std::string_view id, const std::optional<std::int64_t>& if_version);

}  // namespace ks::app
