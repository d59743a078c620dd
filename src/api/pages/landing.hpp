#pragma once

#include "api/services.hpp"
#include "base/json.hpp"
#include "http/router.hpp"

namespace ks::api {

// What stands behind the addresses that the product gives out to people: /, the pages of links,
// /o/{org}/billing, and /problems/{problem} from the contract's table x-problems. For anyone, the
// same for everybody, and nothing of any tenant in it.
void mount_landing(http::Router& raw, const Services& services, const Json& contract);

}  // namespace ks::api
