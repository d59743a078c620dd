#include "authz/recent.hpp"

namespace ks {

namespace {
// Between the clocks of two servers on one database.
constexpr Duration kSkewMax = minutes(1);

Result<void> check(Time password_at, Time now) {
  if (now < password_at + kRecent && password_at < now + kSkewMax) return {};
  Error error{};
  error.code = Error::Code::denied;
  error.problem = "reauthentication_required";
  error.message = "Enter your password again to do this.";
  return std::unexpected(std::move(error));
}
}  // namespace

Result<void> require_recent_password(const PersonScope& person, Time now) {
  return check(person.password_at(), now);
}
Result<void> require_recent_password(const TenantScope& scope, Time now) {
  return check(scope.password_at(), now);
}

}  // namespace ks
