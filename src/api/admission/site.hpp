#pragma once

#include <string_view>

#include "api/services.hpp"
#include "http/message.hpp"

namespace ks::api {

// The site that the request names, unless a browser says that another site made it and `method`
// changes something: 403 "cross_site_request".
Result<HostGate::Site> admit(const Services& services, const http::Request& request,
                             std::string_view method);

}  // namespace ks::api
