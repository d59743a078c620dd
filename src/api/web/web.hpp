#pragma once

#include "api/services.hpp"
#include "api/web/bundle.hpp"
#include "base/random.hpp"
#include "http/router.hpp"

namespace ks::api {

// The web pages: /assets/{file}, and their document at / and at every address that is nobody
// else's, since which page it is the browser decides. Whoever asks for JSON is told 404 there, as
// below /api; at / they get what answers here. Nothing of any tenant is in any of it.
// Without pages in `bundle` only that last one is there.
void mount_web(http::Router& raw, const Services& services, Random& random,
               const WebBundle& bundle);

}  // namespace ks::api
