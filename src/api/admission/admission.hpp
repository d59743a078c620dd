#pragma once

#include <cstdint>

#include "api/services.hpp"
#include "http/router.hpp"

namespace ks::api {

// Charges one request to whoever sent it, once, and tells in the reply's fields what is left. What
// was charged for its head counts for the whole request.
class Admission {
 public:
  Admission(const Services& services, const http::Request& request)
      : services_(services), request_(request) {
    if (request.charge) charge_ = *request.charge;
  }
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Each may be asked again, as a transaction may run again: counted is the first time.
  // While nobody is known: before work is done for a token that may be made up.
  Result<void> by_address();
  Result<void> by_person(const Caller& caller);

  // A write that is worth so many: the rest of it, once it is known. Asked once.
  Result<void> by_price(const Caller& caller, std::int64_t price);

  void tell(http::Response& response) const { charge_.standing.add_to(response.headers); }
  const http::RateCharge& charge() const { return charge_; }

 private:
  Result<void> answer() const;
  const Services& services_;
  const http::Request& request_;
  http::RateCharge charge_;
};

// A route outside of api::Router, for anyone: counted by network address like the others.
// `services` outlives it.
http::RouteHandler counted_by_address(const Services& services, http::RouteHandler handler);

}  // namespace ks::api
