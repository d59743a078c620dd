#include "domain/people/offer.hpp"

namespace ks {

std::string_view name(OfferState state) {
  switch (state) {
    case OfferState::open:
      return "open";
    case OfferState::accepted:
      return "accepted";
    case OfferState::declined:
      return "declined";
    case OfferState::cancelled:
      return "cancelled";
    case OfferState::expired:
      return "expired";
  }
  return "expired";
}

std::optional<OfferState> offer_state(std::string_view text) {
  for (const OfferState state : {OfferState::open, OfferState::accepted, OfferState::declined,
                                 OfferState::cancelled, OfferState::expired})
    if (name(state) == text) return state;
  return std::nullopt;
}

std::string_view name(CancelledFor reason) {
  switch (reason) {
    case CancelledFor::by_hand:
      return "by_hand";
    case CancelledFor::recipient_left:
      return "recipient_left";
    case CancelledFor::recipient_removed:
      return "recipient_removed";
    case CancelledFor::organization_suspended:
      return "organization_suspended";
    case CancelledFor::organization_deleted:
      return "organization_deleted";
    case CancelledFor::owner_appointed:
      return "owner_appointed";
  }
  return "by_hand";
}

}  // namespace ks
