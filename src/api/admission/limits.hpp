#pragma once

#include <cstdint>
#include <string_view>

#include "base/random.hpp"
#include "domain/ids.hpp"
#include "http/message.hpp"
#include "http/rate.hpp"

namespace ks::api {

// Requests a minute, for each of those they are counted by.
struct RequestQuotas {
  std::int64_t reads = 6000;
  std::int64_t writes = 1200;
  std::int64_t address_reads = 6000;
  std::int64_t address_writes = 600;
};

// How many requests one person may send, and one network address that nobody is known by. Reads and
// writes are counted apart: who floods one can still do the other. In the memory of this process;
// what must hold over restarts and replicas (logins, sign-ups) is counted in the database.
class RequestLimits {
 public:
  enum class Kind { read, write };

  RequestLimits(const RequestQuotas& quotas, Random& random);

  // `price`: as how many requests it counts.
  http::RateStanding person(Kind kind, const UserId& user, Time now, std::int64_t price = 1);
  // What a write costs beyond the one that its head was charged for: as many more as `price` says,
  // or as few as can be paid at all; without a limiter where that is nothing.
  http::RateStanding more(const UserId& user, Time now, std::int64_t price);
  // An IPv6 address is counted as its /64, and with all others of its /48, who together may do as
  // much as kNetworksOfSite of them: see IpAddress::site(). What is no address is counted as it is.
  http::RateStanding address(Kind kind, std::string_view address, Time now);

  // Somebody who spreads over a whole /48 gets that much more; an office or a campus that has one
  // for many people is not held to what one of them may.
  static constexpr std::int64_t kNetworksOfSite = 16;

 private:
  http::RateLimiter reads_, writes_, address_reads_, address_writes_, site_reads_, site_writes_;
};

// GET, HEAD and OPTIONS change nothing.
RequestLimits::Kind kind_of(http::Method method);

// 429 with the time to wait.
std::unexpected<Error> too_many_requests(const http::RateStanding& refused);

}  // namespace ks::api
