#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/stores.hpp"
#include "domain/people/invitation_token.hpp"

// What somebody who holds an invitation's token does with it. The scopes are those of
// SessionGate::invited(). A token that never was one, that was replaced, and one whose invitation
// was revoked or declined, or whose organization is not active, give one answer: not_found.
namespace ks::app {

struct LookedUp {
  Invitation invitation;
  MailOrg org;
  InvitationState state;  // pending, expired, or accepted.
  // Whether there is an account of its address.
  bool has_account = false;
};
// Changes nothing: mail scanners open links.
Result<LookedUp> look_up(Tx& tx, const Stores& stores, const TenantScope& invited,
                         const InvitationToken& token);

// Whose account may accept it: the address that it is for. `used`: whether one that was accepted
// still counts, for who comes again by the same link. `conflict` "invitation_expired".
enum class Used { refused, allowed };
Result<std::string> invited_address(Tx& tx, const Stores& stores, const TenantScope& invited,
                                    const InvitationToken& token, Used used);

// Who is signed in.
struct Guest {
  std::string email;
  std::string name;
};

struct Accepted {
  InvitationId id;
  OrgId org;
  bool added = false;                 // False: the person was a member already.
  std::vector<std::string> left_out;  // Names of teams that are gone.
  // The guest's address is the one that the link was mailed to.
  bool proves_address = false;
};
// The actor of the scope, who is `guest`, joins. Done twice, or by many at once, it is
// done once, and everybody is given the same. Refused are: another address than the invitation's
// (`denied` "invitation_for_another"), one that has expired (`conflict` "invitation_expired"), a
// higher role than a member has (`conflict` "no_silent_raise"), and a full organization
// (`over_limit` members.max); it stays pending then.
Result<Accepted> accept_invitation(Tx& tx, const Stores& stores, const TenantScope& invited,
                                   const InvitationToken& token, const Guest& guest);
// Comes after a refused accept, in a transaction of its own: tells the administrators that somebody
// found no seat, not more often than once a day an invitation.
Result<void> after_refused_accept(Tx& tx, const Stores& stores, const TenantScope& invited,
                                  const InvitationToken& token, const Error& refused);

// By the scope's actor, who is `guest`, or without either by whoever holds the token, which came by
// the mail of the address. Done twice by an actor it is done once; a token alone is good once.
// `denied` "invitation_for_another" and `conflict` as above.
Result<void> decline_invitation(Tx& tx, const Stores& stores, const TenantScope& invited,
                                const InvitationToken& token, const std::optional<Guest>& guest);

// Who holds a token that is of no use to them asks for another: the administrators are told, not
// more often than once a day an invitation. `email`: of who is signed in, if that is not whom the
// invitation is for. `conflict` "invitation_usable" for one that they can accept.
Result<void> ask_for_invitation(Tx& tx, const Stores& stores, const TenantScope& invited,
                                const InvitationToken& token,
                                const std::optional<std::string>& email);

}  // namespace ks::app
