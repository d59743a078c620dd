#pragma once

#include <optional>
#include <string>
#include <string_view>
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

// A text that may tell who somebody is, such as the name of an organization. It enters the audit
// log as a hash, at `path` of the detail.
struct Personal {
  std::vector<std::string> path;
  std::string value;
};

// What somebody did, for the audit log. `detail` holds no secret and no personal data; see
// app/audited.hpp.
struct Deed {
  Action action;
  std::string target_kind;
  std::string target_id;
  Json detail;
  enum class Outcome { done, denied } outcome = Outcome::done;
  std::vector<Personal> personal = {};
  // Ways out of a suspended organization whose action itself is held up: to leave, to restore.
  bool open_while_suspended = false;
};
constexpr std::string_view name(Deed::Outcome outcome) {
  return outcome == Deed::Outcome::done ? "done" : "denied";
}

struct FeedRow {
  std::int64_t seq = 0;
  Change change;
};

// An organization's audit chain and change feed. Every state change is recorded in its own
// transaction; a write whose audit row cannot be written does not happen.
class Journal {
 public:
  virtual ~Journal() = default;
  // not_found for what a person does in an organization that is not active: it was begun before a
  // deletion that came first. `conflict` "busy" where a suspension did, or where their role in the
  // organization, or in the change's team, is not the one any more that the write was allowed with.
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
};

}  // namespace ks
