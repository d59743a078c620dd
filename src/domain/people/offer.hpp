#pragma once

#include <optional>
#include <string_view>

namespace ks {

// Of an offer of ownership. All but `open` are final.
enum class OfferState { open, accepted, declined, cancelled, expired };
std::string_view name(OfferState state);
std::optional<OfferState> offer_state(std::string_view name);

// Why one is cancelled: by the owner, or with what happened to those that it is between, or to the
// organization.
enum class CancelledFor {
  by_hand,
  recipient_left,
  recipient_removed,
  organization_suspended,
  organization_deleted,
  owner_appointed
};
std::string_view name(CancelledFor reason);

}  // namespace ks
