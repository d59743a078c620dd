#pragma once

#include <string_view>

#include "authz/scope.hpp"
#include "base/error.hpp"
#include "identity/origin.hpp"

namespace ks {

// Which client a request belongs to, by its Host; the only producer of a ClientScope for requests.
// With a loopback BASE_URL every loopback name, on any port, is the platform: a name of somebody
// else's that resolves to this machine is not (DNS rebinding). Otherwise the platform is exactly
// the host and port of BASE_URL.
class HostGate {
 public:
  explicit HostGate(Origin base_url) : base_(std::move(base_url)) {}

  struct Site {
    ClientScope client;
    Origin origin;  // What the request's own pages are served from; for csrf_allows().
  };
  // `host` is the value of the Host field. Unknown and malformed ones are not_found.
  Result<Site> admit(std::string_view host) const;

  const Origin& base_url() const noexcept { return base_; }

 private:
  Origin base_;
};

}  // namespace ks
