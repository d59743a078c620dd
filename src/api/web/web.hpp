#pragma once

#include <functional>
#include <optional>

#include "api/services.hpp"
#include "api/web/bundle.hpp"
#include "api/web/support.hpp"
#include "base/random.hpp"
#include "http/router.hpp"

namespace ks::api {

// What answers where an address cannot be read (ServerOptions::unreadable); may be empty.
using UnreadableTarget = std::function<std::optional<http::Response>(http::Request&)>;

// The web pages: /assets/{file}, and their document at / and at every address that is nobody
// else's, since which page it is the browser decides. Whoever asks for JSON is told 404 there, as
// below /api; at / they get what answers here. Nothing of any tenant is in any of it.
// Without pages in `bundle` only that last one is there. Gives what a browser is answered where the
// address cannot be read: the document too, with 400.
UnreadableTarget mount_web(http::Router& raw, const Services& services, Random& random,
                           const WebBundle& bundle, const Support& support);

}  // namespace ks::api
