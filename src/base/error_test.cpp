#include "base/error.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace ks {

namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return invalid("odd");
  return n / 2;
}

Result<std::string> quarter(int n) {
  KS_TRY(const int first, half(n));
  KS_TRY(const int second, half(first));
  return std::to_string(second);
}

Result<void> need_even(int n) {
  KS_CHECK(half(n));
  return {};
}

}  // namespace

TEST_CASE("an error comes up through KS_TRY and KS_CHECK unchanged, a value goes on") {
  CHECK(*quarter(8) == "2");
  CHECK(quarter(6).error().message == "odd");
  CHECK(quarter(3).error().code == Error::Code::invalid);
  CHECK(need_even(2));
  CHECK(need_even(1).error().message == "odd");
}

TEST_CASE("each kind of error has its code and its problem") {
  CHECK(invalid("x").error().problem == "invalid_request");
  const auto faults = invalid(std::vector<Fault>{{"/a", "is required"}}).error();
  CHECK(faults.code == Error::Code::invalid);
  CHECK(faults.problem == "validation_failed");
  REQUIRE(faults.faults.size() == 1);
  CHECK(faults.faults[0].pointer == "/a");
  CHECK(not_found().error().code == Error::Code::not_found);
  CHECK(not_found().error().problem == "not_found");
  CHECK(conflict("name_taken", "x").error().code == Error::Code::conflict);
  CHECK(conflict("name_taken", "x").error().problem == "name_taken");
  CHECK(unavailable("database_unavailable", "x").error().code == Error::Code::unavailable);
  CHECK(bug("x").error().code == Error::Code::bug);
  CHECK(bug("x").error().problem == "internal_error");
  CHECK(code_name(Error::Code::over_limit) == "over_limit");
  CHECK(code_name(Error::Code::denied) == "denied");
}

TEST_CASE("a new error has no leftovers") {
  const Error error = not_found().error();
  CHECK(error.status == 0);
  CHECK(error.retry_after_s == 0);
  CHECK(error.faults.empty());
  CHECK_FALSE(error.limit);
  CHECK_FALSE(error.denial);
  CHECK(error.current.empty());
}

}  // namespace ks
