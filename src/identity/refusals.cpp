#include "identity/refusals.hpp"

#include <algorithm>

namespace ks {

std::unexpected<Error> too_many(Duration wait) {
  auto error =
      unavailable("too_many_requests", "Too many tries. Wait a while before the next one.");
  error.error().status = 429;
  error.error().retry_after_s =
      static_cast<int>(std::max<std::int64_t>((wait.us + 999'999) / 1'000'000, 1));
  return error;
}

}  // namespace ks
