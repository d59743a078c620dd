#pragma once

#include <optional>
#include <string_view>

namespace ks {

// Of an offer of ownership. All but `open` are final.
enum class OfferState { open, accepted, declined, cancelled, expired };
std::string_view name(OfferState state);
std::optional<OfferState> offer_state(std::string_view name);

}  // namespace ks
