#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace ks::http {

// The status of an error: its own where it names one, else its code's.
int status_of(const Error& error);

// Where a problem of that code is explained: {base_url}/problems/{code with dashes}.
std::string problem_type(std::string_view base_url, std::string_view code);

// RFC 9457 application/problem+json. `base_url` is where the problem pages stand ("https://HOST").
// The message of a `bug` goes to the log under
// the request id and never into the reply. `current` of a stale version is sent as it is, so it
// must be JSON.
Response problem(const Error& error, const Request& request, std::string_view base_url);

}  // namespace ks::http
