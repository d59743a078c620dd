#include "identity/refusals.hpp"

#include <algorithm>

namespace ks {

namespace {
std::unexpected<Error> failed(Error::Code code, int status, std::string problem,
                              std::string message) {
  Error error{};
  error.code = code;
  error.problem = std::move(problem);
  error.message = std::move(message);
  error.status = status;
  return std::unexpected(std::move(error));
}
}  // namespace

std::unexpected<Error> too_many(Duration wait) {
  auto error = failed(Error::Code::unavailable, 429, "too_many_requests",
                      "Too many tries. Wait a while before the next one.");
  error.error().retry_after_s =
      static_cast<int>(std::max<std::int64_t>((wait.us + 999'999) / 1'000'000, 1));
  return error;
}

std::unexpected<Error> invalid_credentials() {
  return failed(Error::Code::denied, 401, "invalid_credentials",
                "The e-mail address or the password is wrong.");
}

std::unexpected<Error> session_ended() {
  return failed(Error::Code::denied, 401, "unauthenticated", "Sign in to go on.");
}

std::unexpected<Error> sign_up_closed() {
  return failed(Error::Code::denied, 403, "sign_up_closed",
                "Accounts are made by invitation here. Ask an administrator for one.");
}

std::unexpected<Error> link_invalid() {
  return failed(Error::Code::not_found, 404, "link_invalid",
                "This link was used, has expired, or never was one. Ask for a new one.");
}

}  // namespace ks
