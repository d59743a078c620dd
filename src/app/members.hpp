#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/stores.hpp"

// People of an organization.
namespace ks::app {

// A person as a path names them: an id, or an exact address. not_found for what is neither, so that
// it is the same as somebody who is not there.
Result<PersonRef> person_ref(std::string_view id_or_address);

// Nobody else changes who is in the organization and as what, until the end of the transaction; and
// the caller's own roles are still those that the permit was given for: `conflict` "busy" when they
// changed meanwhile, not_found when the caller is no member any more. Comes before the reads on
// which a change of roles is based.
Result<void> hold_members(Tx& tx, const Stores& stores, const AnyPermit& permit,
                          const std::optional<TeamId>& team = std::nullopt);

struct Joining {
  struct InTeam {
    TeamId team;
    TeamRole role = TeamRole::viewer;
    // Who gave it, where that is not who gives the role in the organization.
    std::optional<UserId> by = {};
  };
  UserId user;
  OrgRole role = OrgRole::member;  // Never owner.
  std::vector<InTeam> teams = {};
  // `held`: the person's seat was counted before, by a pending invitation.
  enum class Seat { take, held } seat = Seat::take;
  bool again = false;  // Was a member before, and is put back.
};
struct Joined {
  bool added = false;            // False: the person was a member already.
  std::vector<TeamId> vanished;  // Teams of `teams` that are gone.
};

// The one way into an organization that exists: makes the person a member, puts them into teams,
// and counts the seat (`over_limit` members.max). What somebody has already stays as it is, a
// weaker role too: nobody is raised by this. Then a held seat is given back, since the person has
// one. Done twice it is done once. Whether the role is within reach of whoever gives it
// (policy::may_grant, policy::may_invite) is the caller's to ask.
Result<Joined> join(Tx& tx, const Stores& stores, const MayAdd& may, const Joining& joining);

Result<Page<MemberRow>> members(Tx& tx, const Stores& stores, const TenantScope& scope,
                                const PeopleFilter& filter, const PageRequest& page);
Result<MemberRow> member(Tx& tx, const Stores& stores, const TenantScope& scope,
                         const PersonRef& person);

struct RoleChange {
  std::optional<OrgRole> role;  // None: it stays.
  // Lowering one's own role wants to be meant.
  bool confirmed = false;
};
// `denied` above the caller's reach; `conflict` "transfer_required" for making somebody owner,
// "last_owner" for the owner's own role, "confirmation_required".
Result<MemberRow> change_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                const PersonRef& person, const RoleChange& change,
                                const std::optional<std::int64_t>& if_version);

// What somebody gets who reaches above what their own role allows.
std::unexpected<Error> out_of_reach(Action action);
std::unexpected<Error> last_owner();
std::unexpected<Error> confirmation_required(std::string_view of_what);

}  // namespace ks::app
