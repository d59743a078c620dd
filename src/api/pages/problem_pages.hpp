#pragma once

#include "api/services.hpp"
#include "base/json.hpp"
#include "http/router.hpp"

namespace ks::api {

// /problems/{problem}, where the `type` of every problem leads: what the contract's table
// x-problems says of it. For anyone, the same for everybody.
void mount_problem_pages(http::Router& raw, const Services& services, const Json& contract);

}  // namespace ks::api
