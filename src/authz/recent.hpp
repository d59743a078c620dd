#pragma once

#include "authz/scope.hpp"
#include "base/error.hpp"

namespace ks {

// How long after the password was given acts go on without asking for it again.
inline constexpr Duration kRecent = minutes(10);

// For acts that a session left open, or stolen, must not be enough for: deleting an organization,
// giving it away, changing the password or the address. `denied` "reauthentication_required" unless
// the session's bearer gave the password within kRecent; the caller then asks for it
// (POST /auth/reauthenticate) and tries again. Comes after the right itself was asked for. Nothing
// that acts without a session passes.
Result<void> require_recent_password(const PersonScope& person, Time now);
Result<void> require_recent_password(const TenantScope& scope, Time now);

}  // namespace ks
