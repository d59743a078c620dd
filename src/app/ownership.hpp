#pragma once

#include <optional>
#include <string_view>

#include "app/stores.hpp"

// Who owns an organization: exactly one member, at every moment. Ownership passes by an offer that
// the other person accepts; where the owner is gone, it is appointed from above.
namespace ks::app {

// The caller must have given the password lately. `conflict` "offer_open" while one is open; a
// fault at /user for who is no member.
Result<OwnershipOffer> offer_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                       const PersonRef& to);
// All for the owner and administrators, else those to the caller.
Result<Page<OwnershipOffer>> ownership_offers(Tx& tx, const Stores& stores,
                                              const TenantScope& scope, const PageRequest& page);

// not_found for everybody but the person to whom it was made. The owner before becomes org_admin in
// the same transaction. Done twice it is done once. `conflict` "offer_closed" when it is not open
// any more, which says what became of it and when; "org_not_active". How many organizations a
// person may own is asked by the caller.
Result<OwnershipOffer> accept_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        std::string_view offer);
// By the person to whom it was made.
Result<OwnershipOffer> decline_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view offer);
// By the owner; whoever it was made to is told.
Result<OwnershipOffer> cancel_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        std::string_view offer);

// Cancels what is open from or to somebody who goes, with its mail. Under the lock of hold_members,
// and while the organization is active. Gives the one that was open until now, if there is one.
Result<std::optional<OwnershipStore::Ended>> cancel_offers_of(Tx& tx, const Stores& stores,
                                                              const AnyPermit& permit,
                                                              const UserId& user,
                                                              CancelledFor reason);

// What is wrong with the reason that an appointment is given.
std::vector<Fault> reason_faults(std::string_view reason);
// A user of the client becomes owner of an organization that is orphaned: it has no owner, or one
// whose account is not active, who becomes org_admin. `conflict` "not_orphaned" for every other; a
// fault at /user for whose account is not active or not there. Takes a seat for who is no member.
Result<Organization> appoint_owner(Tx& tx, const Stores& stores, const TenantScope& scope,
                                   const PersonRef& user, std::string_view reason);

}  // namespace ks::app
