#pragma once

#include "api/services.hpp"
#include "http/message.hpp"

namespace ks::api {

// Charges one request to whoever sent it, once, and tells in the reply's fields what is left.
class Admission {
 public:
  Admission(Services& services, const http::Request& request)
      : services_(services), request_(request) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // While nobody is known: before work is done for a token that may be made up.
  Result<void> by_address();
  // May be asked again, as a transaction may run again: counted is the first time.
  Result<void> by_person(const Caller& caller);

  void tell(http::Response& response) const { standing_.add_to(response.headers); }

 private:
  Result<void> answer() const;
  Services& services_;
  const http::Request& request_;
  http::RateStanding standing_;
  bool counted_ = false;
};

}  // namespace ks::api
