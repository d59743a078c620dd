#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/invitations/rights.hpp"

// Asking people to join.
namespace ks::app {

struct Wanted {
  struct InTeam {
    TeamId team;
    TeamRole role = TeamRole::viewer;
  };
  std::string email;  // As it was written.
  OrgRole role = OrgRole::member;
  std::vector<InTeam> teams = {};
  // Of the mail, where the address has no account; without it, that of who invites.
  std::optional<Locale> locale = std::nullopt;
};

// What became of one of many: a new invitation; a pending one got more; a member was put into
// teams; nothing, because the person is in already, was asked for the same before, has no address
// that can be written to, the plan's seats are taken, or the organization has sent as many
// invitations as it may for now.
enum class InviteResult {
  invited,
  updated,
  added,
  already_member,
  already_invited,
  invalid_address,
  seat_limit,
  mail_limit
};
std::string_view name(InviteResult result);

struct Invited {
  InviteResult result;
  std::string message;  // For people, where nothing was done.
  std::optional<InvitationView> view = std::nullopt;
};

// One result for each, in order; a bad one takes nothing from the others. Each pending invitation
// holds a seat; where one is missing, limit_notice(). `denied` when any of them asks for more than
// the caller may give; then nothing is done. The caller has checked that the teams are the
// organization's and in sight.
Result<std::vector<Invited>> invite(Tx& tx, const Stores& stores, const TenantScope& scope,
                                    const std::vector<Wanted>& wanted, int life_days);

Result<Page<InvitationView>> invitations(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         const std::optional<InvitationState>& state,
                                         const PageRequest& page);
Result<InvitationView> invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                                  std::string_view id);

// Queues the mail with the link.
Result<void> send_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                             const MayInvite& may, const Invitation& invitation,
                             const std::string& token);

}  // namespace ks::app
