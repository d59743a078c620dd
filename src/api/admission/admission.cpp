#include "api/admission/admission.hpp"

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

}  // namespace ks::api
