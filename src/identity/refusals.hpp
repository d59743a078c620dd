#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

// Answers that several ways to an account give. None of them tells whether there is an account.
namespace ks {

// 429, with the time to wait.
std::unexpected<Error> too_many(Duration wait);

}  // namespace ks
