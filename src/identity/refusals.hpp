#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

// Answers that several ways to an account give. None of them tells whether there is an account.
namespace ks {

// 429, with the time to wait.
std::unexpected<Error> too_many(Duration wait);
// 401. The same whatever was wrong.
std::unexpected<Error> invalid_credentials();
// 401. There is no such session any more.
std::unexpected<Error> session_ended();
// 403.
std::unexpected<Error> sign_up_closed();
// 404. The same for a token that was used, is too old, was replaced, is for something else, or
// never was one.
std::unexpected<Error> link_invalid();

}  // namespace ks
