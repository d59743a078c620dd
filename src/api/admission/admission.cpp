#include "api/admission/admission.hpp"

#include "http/problem.hpp"

namespace ks::api {

Result<void> Admission::answer() const {
  if (!charge_.standing.allowed) return too_many_requests(charge_.standing);
  return {};
}

Result<void> Admission::by_address() {
  if (!charge_.address) {
    charge_.address = true;
    charge_.standing = services_.limits.address(kind_of(request_.method), request_.client_address,
                                                services_.stores.clock.monotonic());
  }
  return answer();
}

Result<void> Admission::by_person(const Caller& caller) {
  if (!charge_.person) {
    charge_.person = true;
    charge_.standing = services_.limits.person(kind_of(request_.method), caller.user().id,
                                               services_.stores.clock.monotonic());
  }
  return answer();
}

Result<void> Admission::by_price(const Caller& caller, std::int64_t price) {
  KS_CHECK(by_person(caller));
  const http::RateStanding rest =
      services_.limits.more(caller.user().id, services_.stores.clock.monotonic(), price);
  if (rest.limiter != nullptr) charge_.standing = rest;
  return answer();
}

http::RouteHandler counted_by_address(const Services& services, http::RouteHandler handler) {
  return [&services, handler = std::move(handler)](http::Request& request) {
    Admission admission(services, request);
    const auto allowed = admission.by_address();
    http::Response response =
        allowed ? handler(request) : http::problem(allowed.error(), request, services.base_url);
    admission.tell(response);
    return response;
  };
}

}  // namespace ks::api
