#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/permit.hpp"
#include "base/json.hpp"
#include "store/transaction.hpp"

namespace ks {

// A thing whose readers must hear that it changed.
struct Change {
  std::string kind;  // "deployment", "team", "organization".
  std::string id;
  std::optional<TeamId> team;  // Whose members may hear of it; none: the whole organization.
};

// What somebody did, for the audit log. `detail` holds no secret and no personal data.
struct Deed {
  Action action;
  std::string target_kind;
  std::string target_id;
  Json detail;
  enum class Outcome { done, denied } outcome = Outcome::done;
};

struct FeedRow {
  std::int64_t seq = 0;
  Change change;
};

struct AuditRow {
  std::int64_t seq = 0;
  std::string prev;
  std::string mac;
  Time at;
  std::string actor_kind;
  std::string actor_id;
  std::string address;
  std::string request_id;
  std::string action;
  std::string target_kind;
  std::string target_id;
  std::string result;
  std::string detail;
};

// An organization's audit chain and change feed. Every state change is recorded in its own
// transaction; a write whose audit row cannot be written does not happen.
class Journal {
 public:
  virtual ~Journal() = default;
  // not_found for what a person does in an organization that is not active: it was begun before a
  // deletion that came first.
  virtual Result<void> record(Tx&, const AnyPermit&, const Deed&, const std::optional<Change>&,
                              Time now) = 0;
  // A change that nobody did: status that came from the cluster.
  virtual Result<void> notify(Tx&, const AnyPermit&, const Change&, Time now) = 0;

  // How many changes are looked at in one go.
  static constexpr std::int64_t kFeedWindow = 1000;
  // Of each thing that is among the next kFeedWindow changes after `seq` its newest row there,
  // oldest first, at most `limit`.
  virtual Result<std::vector<FeedRow>> feed_after(Tx&, const Permit<Action::org_read, Org>&,
                                                  std::int64_t seq, int limit) = 0;
  struct FeedSpan {
    std::int64_t first_kept = 1;  // The oldest seq that can still be read.
    std::int64_t last = 0;
  };
  virtual Result<FeedSpan> feed_span(Tx&, const Permit<Action::org_read, Org>&) = 0;

  virtual Result<std::vector<AuditRow>> audit_after(Tx&, const Permit<Action::audit_read, Org>&,
                                                    std::int64_t seq, int limit) = 0;
};

// Checks rows that stand one after another: each row's MAC and its link to the row before. The
// error's message names the first row that is wrong.
Result<void> verify_chain(std::string_view audit_key, const ClientId&, const OrgId&,
                          const std::vector<AuditRow>& rows);

}  // namespace ks
