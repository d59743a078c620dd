#include "api/admission/site.hpp"

#include "identity/csrf.hpp"

namespace ks::api {

Result<HostGate::Site> admit(const Services& services, const http::Request& request,
                             std::string_view method) {
  KS_TRY(HostGate::Site site, services.hosts.admit(request.headers.get("Host")));
  if (csrf_allows(method, request.headers.find("Sec-Fetch-Site"), request.headers.find("Origin"),
                  site.origin))
    return site;
  auto error = invalid("The request came from another site.");
  error.error().code = Error::Code::denied;
  error.error().problem = "cross_site_request";
  error.error().status = 403;
  return error;
}

}  // namespace ks::api
