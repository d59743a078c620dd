#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/members.hpp"

namespace ks {

// How long who was removed can be given back what they had.
inline constexpr Duration kReinstatable = days(90);

// The right to end one membership: of those who manage members, anybody's; of everybody, their own.
// Prevents that a right to read ends somebody else's.
class MayRemove {
 public:
  static MayRemove member(const Permit<Action::org_members_manage, Org>& permit,
                          const UserId& user) {
    return {permit, user};
  }
  static MayRemove self(const Permit<Action::org_read, Org>& permit) {
    KS_ASSERT(permit.scope().actor().has_value());
    return {permit, *permit.scope().actor()};
  }
  const AnyPermit& permit() const noexcept { return permit_; }
  const UserId& user() const noexcept { return user_; }

 private:
  MayRemove(AnyPermit permit, UserId user) : permit_(std::move(permit)), user_(user) {}
  AnyPermit permit_;
  UserId user_;
};

// What somebody had when the membership ended; names of teams as they were then.
struct FormerMember {
  UserId user;
  OrgRole role = OrgRole::member;
  std::vector<MemberRow::InTeam> teams;
  Time removed_at;
  std::string email;  // Of the account, then.
  // Left, and was not removed by somebody else.
  bool own_will = false;
  // The account has another address now, which is not the organization's to know.
  bool moved = false;
};

class RemovalStore {
 public:
  virtual ~RemovalStore() = default;
  virtual Result<std::optional<MemberRow>> find(Tx&, const MayRemove&) = 0;
  // Ends the membership, with its roles in teams. False when there is none.
  virtual Result<bool> remove(Tx&, const MayRemove&) = 0;
  // Live ones that the person made.
  virtual Result<std::int64_t> count_deployments(Tx&, const MayRemove&) = 0;

  // The latest removal stays.
  virtual Result<void> remember(Tx&, const MayRemove&, const FormerMember&) = 0;
  // None when the person was not removed after `removed_after`. An address is that of then.
  virtual Result<std::optional<FormerMember>> find_former(
      Tx&, const Permit<Action::org_members_manage, Org>&, const PersonRef&,
      Time removed_after) = 0;
  // For who is a member again.
  virtual Result<void> forget_former(Tx&, const MayAdd&, const UserId&) = 0;
  // At most `limit`; how many.
  virtual Result<std::int64_t> forget_older(Tx&, const FleetScope&, Time removed_before,
                                            int limit) = 0;
};

}  // namespace ks
