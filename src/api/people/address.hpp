#pragma once

#include <string_view>

#include "api/services.hpp"

namespace ks::api {

// Where an address that is good for looking only leads the caller: to their own organization that
// is being deleted, or to one of theirs that had this slug before.
Result<TenantScope> looked_for(Tx& tx, const Caller& caller, std::string_view org,
                               const Services& services);

}  // namespace ks::api
