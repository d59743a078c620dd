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

}  // namespace ks
