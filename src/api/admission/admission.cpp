#include "api/admission/admission.hpp"

namespace ks::api {

Result<void> Admission::answer() const {
  if (!standing_.allowed) return too_many_requests(standing_);
  return {};
}

Result<void> Admission::by_address() {
  standing_ = services_.limits.address(kind_of(request_.method), request_.client_address,
                                       services_.stores.clock.monotonic());
  return answer();
}

Result<void> Admission::by_person(const Caller& caller) {
  if (!counted_) {
    counted_ = true;
    standing_ = services_.limits.person(kind_of(request_.method), caller.user().id,
                                        services_.stores.clock.monotonic());
  }
  return answer();
}

}  // namespace ks::api
