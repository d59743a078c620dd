#pragma once

#include <vector>

#include "api/services.hpp"

namespace ks::api {

// Every organization that the caller owns at this moment, inside a write: until its end nobody else
// founds or joins anything for that person. For rules that count a person's organizations.
// `conflict` "busy" when they changed since the session was loaded.
Result<std::vector<Organization>> owned_by(Tx& tx, const Caller& caller, const Services& services);

// How many of the caller's own are being deleted, likewise.
Result<int> ending_of(Tx& tx, const Caller& caller, const Services& services);

}  // namespace ks::api
