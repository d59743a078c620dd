#include "base/error.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace ks {

namespace {
std::unexpected<Error> make(Error::Code code, std::string problem, std::string message) {
  Error error{};
  error.code = code;
  error.problem = std::move(problem);
  error.message = std::move(message);
  return std::unexpected(std::move(error));
}
}  // namespace

std::unexpected<Error> invalid(std::string why) {
  return make(Error::Code::invalid, "invalid_request", std::move(why));
}

std::unexpected<Error> invalid(std::vector<Fault> faults) {
  auto error = make(Error::Code::invalid, "validation_failed", "The request has invalid fields.");
  error.error().faults = std::move(faults);
  return error;
}

std::unexpected<Error> not_found() {
  return make(Error::Code::not_found, "not_found", "There is nothing here that you can see.");
}

std::unexpected<Error> conflict(std::string problem, std::string why) {
  return make(Error::Code::conflict, std::move(problem), std::move(why));
}

std::unexpected<Error> unavailable(std::string problem, std::string why) {
  return make(Error::Code::unavailable, std::move(problem), std::move(why));
}

std::unexpected<Error> bug(std::string what) {
  return make(Error::Code::bug, "internal_error", std::move(what));
}

std::string_view code_name(Error::Code code) {
  switch (code) {
    case Error::Code::invalid:
      return "invalid";
    case Error::Code::not_found:
      return "not_found";
    case Error::Code::conflict:
      return "conflict";
    case Error::Code::denied:
      return "denied";
    case Error::Code::over_limit:
      return "over_limit";
    case Error::Code::unavailable:
      return "unavailable";
    case Error::Code::bug:
      return "bug";
  }
  return "bug";
}

void assertion_failed(const char* expression, const char* file, int line, std::string_view why) {
  std::fprintf(stderr, "assertion failed: %s at %s:%d %.*s\n", expression, file, line,
               static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace ks
