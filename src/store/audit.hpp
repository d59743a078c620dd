#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/permit.hpp"
#include "base/json.hpp"
#include "domain/audit/chain.hpp"
#include "store/journal.hpp"
#include "store/page.hpp"
#include "store/transaction.hpp"

namespace ks {

// What happened in a client outside of its organizations. As Deed, with an actor that no permit
// tells.
struct ClientDeed {
  std::string action;  // One of account_actions, or the name of an Action.
  std::optional<UserId> actor;
  enum class By { user, system, anonymous } by = By::user;
  std::string target_kind;
  std::string target_id;
  Deed::Outcome outcome = Deed::Outcome::done;
  Json detail = {};
  std::vector<Personal> personal = {};
};

namespace account_actions {
inline constexpr std::string_view kSignUp = "account:sign_up";
inline constexpr std::string_view kVerify = "account:verify";  // The mailed link of a sign-up.
inline constexpr std::string_view kForgot = "account:forgot";  // A link to reset was asked for.
inline constexpr std::string_view kReset = "account:reset";
inline constexpr std::string_view kPassword = "account:password";
inline constexpr std::string_view kProfile = "account:profile";
inline constexpr std::string_view kAskAddress = "account:ask_address";
inline constexpr std::string_view kAddress = "account:address";
// The mail of the account's own address was read, where an invitation was accepted.
inline constexpr std::string_view kProveAddress = "account:prove_address";
inline constexpr std::string_view kRestoreAddress = "account:restore_address";
inline constexpr std::string_view kEndSession = "account:end_session";
inline constexpr std::string_view kEndSessions = "account:end_sessions";
inline constexpr std::string_view kSignIn = "account:sign_in";
inline constexpr std::string_view kSignOut = "account:sign_out";
inline constexpr std::string_view kConfirm = "account:confirm";  // The password, once more.
inline constexpr std::string_view kSetup = "account:setup";
inline constexpr std::string_view kSetupLink = "account:setup_link";
}  // namespace account_actions

// Which rows a list shows; what is empty narrows nothing.
struct AuditFilter {
  std::string actor;  // A user's id, or "system".
  std::string action;
  std::string target_kind;
  std::string target_id;
  std::string result;
  std::optional<Time> from;   // At or after.
  std::optional<Time> until;  // Before.
  enum class Order { newest_first, oldest_first } order = Order::newest_first;
};

// A place in a list. `head` is the last row that there was when the list was begun: what is written
// while somebody reads it stays out, so that no page shows or hides a row twice.
struct AuditPlace {
  std::int64_t at = 0;
  std::int64_t seq = 0;
  std::int64_t head = 0;
};

struct AuditPage {
  std::vector<AuditRow> rows;
  std::optional<AuditPlace> next;
};

// Something of an organization that a row names by its id.
struct AuditThing {
  // `former`: who was a member, by the address that they had when they were removed.
  enum class Kind { team, deployment, member, former, invitation } kind = Kind::team;
  std::string name;  // Of now; of an invitation its address.
};

// The end of a chain with what the sink was told of it.
struct AuditEnd {
  AuditChain chain;
  std::string slug;  // Of the organization; empty for a client's own chain.
  AuditHead head;
  std::int64_t sunk = 0;
};

// The chains of all tenants: a client's own events, readers, and what guards the chains.
// Organizations' rows are written by Journal.
class AuditStore {
 public:
  virtual ~AuditStore() = default;

  virtual Result<void> record(Tx&, const ClientScope&, const ClientDeed&, const Trail&,
                              Time now) = 0;
  // Removes what ties the hashes of the person's addresses and texts to anything. The rows stay as
  // they are, and so does their chain.
  virtual Result<void> forget_person(Tx&, const ClientScope&, const UserId&) = 0;

  // At most `limit` rows after `place`, or from the beginning. Fewer, or none, also where there are
  // more to come: a page looks at a bounded stretch of the log.
  virtual Result<AuditPage> list(Tx&, const Permit<Action::audit_read, Org>&, const AuditFilter&,
                                 const std::optional<AuditPlace>& place, int limit) = 0;
  // What a member of the organization is called now. Nothing of everybody else: what became of who
  // left is not its business.
  virtual Result<std::optional<std::string>> name_of(Tx&, const Permit<Action::audit_read, Org>&,
                                                     const UserId&) = 0;
  // What the organization has under this id now, or had: of who was removed after `removed_after`
  // too. None where it has a name no more. The caller sees to it that who reads may know it.
  virtual Result<std::optional<AuditThing>> find_thing(Tx&, const Permit<Action::audit_read, Org>&,
                                                       std::string_view id, Time removed_after) = 0;

  // Ends of chains after `after`, clients' own chains first, each kind in the order of its ids.
  virtual Result<std::vector<AuditEnd>> ends(Tx&, const FleetScope&,
                                             const std::optional<AuditChain>& after, int limit) = 0;
  // Of these, those that moved since the sink was told of them.
  virtual Result<std::vector<AuditEnd>> unsunk(Tx&, const FleetScope&,
                                               const std::optional<AuditChain>& after,
                                               int limit) = 0;
  virtual Result<void> set_sunk(Tx&, const FleetScope&, const AuditChain&, std::int64_t seq) = 0;
  // The end of one chain, now.
  virtual Result<std::optional<AuditEnd>> end_of(Tx&, const FleetScope&, const AuditChain&) = 0;
  // Rows after `seq`, oldest first.
  virtual Result<std::vector<AuditRow>> rows_after(Tx&, const FleetScope&, const AuditChain&,
                                                   std::int64_t seq, int limit) = 0;
};

}  // namespace ks
