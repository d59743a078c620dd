#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/access.hpp"

namespace ks {

// What became of a right in a review. The last two are written when it is finished: the right was
// not any more what was to be decided, or nobody decided it.
enum class Decision { pending, confirmed, removed, changed, undecided };
constexpr std::string_view name(Decision decision) {
  switch (decision) {
    case Decision::pending:
      return "pending";
    case Decision::confirmed:
      return "confirmed";
    case Decision::removed:
      return "removed";
    case Decision::changed:
      return "changed";
    case Decision::undecided:
      return "undecided";
  }
  return "";
}
std::optional<Decision> decision(std::string_view name);

// A review of all rights in an organization with its teams, or in one team, as they were when it
// was started. One is open of each place at a time.
struct AccessReview {
  ReviewId id;
  std::optional<AccessRow::InTeam> team;  // None: the organization.
  UserId started_by;
  std::string started_by_name;
  Time started_at;
  std::optional<UserId> finished_by;
  std::string finished_by_name;
  std::optional<Time> finished_at;  // None: it is open.
  std::int64_t rights = 0;
  std::int64_t confirmed = 0;
  std::int64_t removed = 0;
  std::int64_t changed = 0;  // Counted when it is finished, as the next.
  std::int64_t undecided = 0;

  std::int64_t pending() const { return rights - confirmed - removed - changed - undecided; }
};

struct ReviewRow {
  std::int64_t number = 0;  // Within the review, from 1.
  UserId user;
  // As all names here of who is in the organization; else "".
  std::string email;
  std::string name;
  std::optional<AccessRow::InTeam> team;  // The slug is "" when it is gone.
  std::string role;
  Time since;
  Grant granted;
  std::optional<Time> last_active;  // When the review was started.
  bool inactive = false;            // Likewise.
  // Whether the very right that is to be decided is still there.
  enum class Now { same, changed, gone } now = Now::same;
  std::string role_now;  // "" when it is gone.
  Decision decision = Decision::pending;
  std::optional<UserId> decided_by;
  std::string decided_by_name;
  std::optional<Time> decided_at;
};
constexpr std::string_view name(ReviewRow::Now now) {
  return now == ReviewRow::Now::same ? "same" : now == ReviewRow::Now::changed ? "changed" : "gone";
}

// The right to review all rights of an organization, or those in one team. Prevents that who looks
// after one team decides in another.
class MayReview {
 public:
  MayReview(
      const Permit<Action::org_members_manage, Org>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit) {}
  MayReview(
      const Permit<Action::members_manage, Team>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit), team_(permit.id()) {}
  const AnyPermit& permit() const noexcept { return permit_; }
  const std::optional<TeamId>& team() const noexcept { return team_; }
  Action action() const { return team_ ? Action::members_manage : Action::org_members_manage; }

 private:
  AnyPermit permit_;
  std::optional<TeamId> team_;
};

// A review copies every right of its place, so how many there are has a bound: of each place one is
// started an hour, and of the finished ones stay the newest 20 however old they are, and those of
// the last 400 days as long as they are among the newest 400. Results stay in the audit log.
inline constexpr Duration kReviewEvery = hours(1);
inline constexpr int kReviewsKept = 20;
inline constexpr int kReviewsKeptMax = 400;
inline constexpr Duration kReviewsKeptFor = days(400);

class ReviewStore {
 public:
  virtual ~ReviewStore() = default;
  // The newest of the place.
  struct Latest {
    Time started_at;
    bool open = false;
  };
  virtual Result<std::optional<Latest>> latest(Tx&, const MayReview&) = 0;
  // Removes finished ones of the place that need not stay, the oldest first and a few at a time.
  virtual Result<void> prune(Tx&, const MayReview&, Time now) = 0;
  // With all rights of the place, each to be decided; by the acting person. False, with nothing
  // done, while another one of the place is open.
  virtual Result<bool> start(Tx&, const MayReview&, const ReviewId&, Time seen_until, Time now) = 0;
  virtual Result<std::optional<AccessReview>> find(Tx&, const Permit<Action::org_read, Org>&,
                                                   const ReviewId&) = 0;
  // By id, which is by time: those of the team, or of the organization and all its teams.
  virtual Result<Page<AccessReview>> list(Tx&, const MayReview&, const PageRequest&) = 0;
  // Who was removed after `removed_after` is told by the address that they had then.
  virtual Result<Page<ReviewRow>> rows(Tx&, const MayReview&, const ReviewId&, Time removed_after,
                                       const PageRequest&) = 0;
  virtual Result<std::optional<ReviewRow>> row(Tx&, const MayReview&, const ReviewId&,
                                               Time removed_after, std::int64_t number) = 0;
  // By the acting person. False when the row is not what it was read as.
  virtual Result<bool> decide(Tx&, const MayReview&, const ReviewId&, const ReviewRow&, Decision,
                              Time now) = 0;
  // What is pending becomes changed or undecided. By the acting person; false when it is not open.
  virtual Result<bool> finish(Tx&, const MayReview&, const ReviewId&, Time now) = 0;
};

}  // namespace ks
