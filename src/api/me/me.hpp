#pragma once

#include <memory>

#include "api/call.hpp"
#include "api/me/accept_language.hpp"
#include "api/services.hpp"
#include "identity/own/device.hpp"

namespace ks::api {

// Where a request that may begin a session came from.
inline SessionGate::TrailPtr trail_of(const Call& call) {
  return std::make_shared<const Trail>(Trail{call.request.request_id, call.request.client_address,
                                             device_of(call.request.headers.get("User-Agent"))});
}

// Of an account that a request makes, and of mail about it.
inline Locale locale_of(const Call& call) {
  return preferred_locale(call.request.headers.get("Accept-Language")).value_or(Locale::en);
}

// The answer to a proof of identity: the account, and the session's cookie.
Reply signed_in(const Services& services, int status, const SignedIn& in);

}  // namespace ks::api
