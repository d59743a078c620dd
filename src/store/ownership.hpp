#pragma once

#include <optional>
#include <string>

#include "domain/people/offer.hpp"
#include "store/members.hpp"

namespace ks {

inline constexpr Duration kOfferLife = hours(24);

// An owner's offer to make somebody else owner in their place. Names and addresses are "" of who is
// not in the organization any more.
struct OwnershipOffer {
  OfferId id;
  UserId from;
  std::string from_name;
  std::string from_email;
  UserId to;
  std::string to_name;
  std::string to_email;
  OfferState state = OfferState::open;  // As stored; see state_at().
  Time created_at;
  Time expires_at;
  std::optional<Time> settled_at;
  std::string reason;  // The name of a CancelledFor; "" where it was not cancelled, or not known.

  // An offer that nobody settled in time has expired, whether or not that is written down.
  OfferState state_at(Time now) const {
    return state == OfferState::open && now >= expires_at ? OfferState::expired : state;
  }
};

// The rights by which somebody becomes owner: of who was offered it, and of who appoints an owner
// where there is none. Prevents that any other right does.
class MayTakeOwnership {
 public:
  // The acting person takes what was offered to them.
  static std::optional<MayTakeOwnership> offered(const Permit<Action::org_read, Org>& permit,
                                                 const OwnershipOffer& offer) {
    if (permit.scope().actor() != offer.to) return std::nullopt;
    return MayTakeOwnership(permit, offer.to, offer.from);
  }
  static MayTakeOwnership appointed(const Permit<Action::orgs_appoint_owner, Org>& permit,
                                    const UserId& user) {
    return {permit, user, std::nullopt};
  }
  const AnyPermit& permit() const noexcept { return permit_; }
  const UserId& user() const noexcept { return user_; }
  // Who gives it; nobody of the organization for who is appointed.
  const std::optional<UserId>& by() const noexcept { return by_; }

 private:
  MayTakeOwnership(AnyPermit permit, UserId user, std::optional<UserId> by)
      : permit_(std::move(permit)), user_(user), by_(by) {}
  AnyPermit permit_;
  UserId user_;
  std::optional<UserId> by_;
};

// A user of the client, as an owner-to-be.
struct Appointee {
  UserId user;
  std::string name;
  std::string email;
  bool active = false;
  bool member = false;  // Of the organization.
};

class OwnershipStore {
 public:
  virtual ~OwnershipStore() = default;

  struct Owner {
    UserId user;
    std::string name;
    std::string email;
    bool active = false;  // Whether the account is.
  };
  virtual Result<std::optional<Owner>> owner(Tx&, const AnyPermit&) = 0;
  // The owner, if there is one, becomes org_admin, then the member of the right owner. False when
  // that person is no member; then the transaction must not commit.
  virtual Result<bool> transfer(Tx&, const MayTakeOwnership&, Time now) = 0;

  // False, with nothing done, while another one is open.
  virtual Result<bool> create(Tx&, const Permit<Action::org_transfer, Org>&,
                              const OwnershipOffer&) = 0;
  // By id. `only_to`: those to this person; none: all.
  virtual Result<Page<OwnershipOffer>> list(Tx&, const Permit<Action::org_read, Org>&,
                                            const std::optional<UserId>& only_to,
                                            const PageRequest&) = 0;
  virtual Result<std::optional<OwnershipOffer>> find(Tx&, const Permit<Action::org_read, Org>&,
                                                     const OfferId&) = 0;
  // `reason` is that of a cancelled one, else "". False when it is not open any more.
  virtual Result<bool> settle(Tx&, const Permit<Action::org_read, Org>&, const OfferId&, OfferState,
                              std::string_view reason, Time now) = 0;
  // An offer that ended by itself or with something else.
  struct Ended {
    OfferId id;
    UserId from;
    UserId to;
    Time expires_at;  // May have passed before it was cancelled.
  };
  // Writes down that the one that is open has expired by `now`; none when there is none.
  virtual Result<std::optional<Ended>> expire(Tx&, const AnyPermit&, Time now) = 0;
  // Cancels the offer that is open from or to this person; none when there is none.
  virtual Result<std::optional<Ended>> cancel_of(Tx&, const AnyPermit&, const UserId&, CancelledFor,
                                                 Time now) = 0;
  virtual Result<std::int64_t> count_of(Tx&, const AnyPermit&, const UserId&, Time now) = 0;

  // A user of the client that the organization belongs to; by an address only where it is proved.
  virtual Result<std::optional<Appointee>> find_appointee(
      Tx&, const Permit<Action::orgs_appoint_owner, Org>&, const PersonRef&) = 0;
};

}  // namespace ks
