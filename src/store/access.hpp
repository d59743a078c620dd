#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "authz/permit.hpp"
#include "store/page.hpp"
#include "store/transaction.hpp"

namespace ks {

// Who gave somebody a right.
struct Grant {
  // `unknown`: it is older than the record of it. `system`: nobody of the organization, such as who
  // appoints an owner from above. `founder`: an owner by founding it. `former_member`: an id, and
  // nothing else is told of it.
  enum class By { unknown, system, founder, self, member, former_member } by = By::unknown;
  std::optional<UserId> user;
  std::string name;  // Of a member; "" for all others.
};
constexpr std::string_view name(Grant::By by) {
  switch (by) {
    case Grant::By::unknown:
      return "unknown";
    case Grant::By::system:
      return "system";
    case Grant::By::founder:
      return "founder";
    case Grant::By::self:
      return "self";
    case Grant::By::member:
      return "member";
    case Grant::By::former_member:
      return "former_member";
  }
  return "";
}

// One right of one person: a role in the organization or in a team of it.
struct AccessRow {
  struct InTeam {
    TeamId id;
    std::string slug;
    std::string name;
  };
  UserId user;
  std::string email;
  std::string name;
  std::optional<InTeam> team;  // None: the organization.
  std::string role;            // As the API calls it.
  Time since;                  // When this very role was given.
  Grant granted;
  Time joined;                      // The organization.
  std::optional<Time> last_active;  // Of the account; as exact as the use of sessions is written.

  // Who was never here is as if last here on joining.
  bool inactive(Time seen_until) const { return last_active.value_or(joined) <= seen_until; }
};

struct AccessTotals {
  std::int64_t rights = 0;
  std::int64_t inactive = 0;  // Of them, of people who were last here by the time asked for.
};

// The right to see who has which right: in the whole organization, or in one team. Prevents that a
// right in one team shows another.
class MaySeeAccess {
 public:
  MaySeeAccess(
      const Permit<Action::org_members_read, Org>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit) {}
  MaySeeAccess(
      const Permit<Action::members_manage, Team>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit), team_(permit.id()) {}
  const AnyPermit& permit() const noexcept { return permit_; }
  // None: the organization with all its teams.
  const std::optional<TeamId>& team() const noexcept { return team_; }
  Action action() const { return team_ ? Action::members_manage : Action::org_members_read; }

 private:
  AnyPermit permit_;
  std::optional<TeamId> team_;
};

class AccessStore {
 public:
  virtual ~AccessStore() = default;
  // By id of the person, of one person the role in the organization before those in teams. Only of
  // people who were last here by `seen_until`, where that is given.
  virtual Result<Page<AccessRow>> list(Tx&, const MaySeeAccess&,
                                       const std::optional<Time>& seen_until,
                                       const PageRequest&) = 0;
  // The same of one person alone; nothing of who is no member.
  virtual Result<Page<AccessRow>> list_of(Tx&, const Permit<Action::org_members_read, Org>&,
                                          const UserId&, const std::optional<Time>& seen_until,
                                          const PageRequest&) = 0;
  virtual Result<AccessTotals> totals(Tx&, const MaySeeAccess&, Time seen_until) = 0;
};

}  // namespace ks
