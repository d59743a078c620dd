#include "api/admission/limits.hpp"

#include <algorithm>

#include "http/wire/address.hpp"

namespace ks::api {

RequestLimits::RequestLimits(const RequestQuotas& quotas, Random& random)
    : reads_({"read", quotas.reads, minutes(1)}, random.u64()),
      writes_({"write", quotas.writes, minutes(1)}, random.u64()),
      address_reads_({"read", quotas.address_reads, minutes(1)}, random.u64()),
      address_writes_({"write", quotas.address_writes, minutes(1)}, random.u64()),
      site_reads_({"read", kNetworksOfSite * quotas.address_reads, minutes(1)}, random.u64()),
      site_writes_({"write", kNetworksOfSite * quotas.address_writes, minutes(1)}, random.u64()) {}

http::RateStanding RequestLimits::person(Kind kind, const UserId& user, Time now,
                                         std::int64_t price) {
  return (kind == Kind::read ? reads_ : writes_).take(user.text(), {}, now, price);
}

http::RateStanding RequestLimits::more(const UserId& user, Time now, std::int64_t price) {
  const std::int64_t rest = std::min(price, writes_.policy().quota) - 1;
  return rest > 0 ? writes_.take(user.text(), {}, now, rest) : http::RateStanding{};
}

http::RateStanding RequestLimits::address(Kind kind, std::string_view address, Time now) {
  http::RateLimiter& limiter = kind == Kind::read ? address_reads_ : address_writes_;
  const auto parsed = http::IpAddress::parse(address);
  if (!parsed) return limiter.take("text", address, now);
  const http::RateStanding network = limiter.take("ip", parsed->network().bytes(), now);
  const auto site = parsed->site();
  // What one network is refused costs its neighbours nothing.
  if (!site || !network.allowed) return network;
  const http::RateStanding all =
      (kind == Kind::read ? site_reads_ : site_writes_).take("site", site->bytes(), now);
  return all.allowed && all.remaining >= network.remaining ? network : all;
}

RequestLimits::Kind kind_of(http::Method method) {
  const bool safe = method == http::Method::get || method == http::Method::head ||
                    method == http::Method::options;
  return safe ? RequestLimits::Kind::read : RequestLimits::Kind::write;
}

std::unexpected<Error> too_many_requests(const http::RateStanding& refused) {
  Error error{};
  error.code = Error::Code::unavailable;
  error.problem = "too_many_requests";
  error.message = "Too many requests. Wait " + std::to_string(refused.retry_s) +
                  (refused.retry_s == 1 ? " second" : " seconds") + " before the next one.";
  error.status = 429;
  error.retry_after_s = static_cast<int>(refused.retry_s);
  return std::unexpected(std::move(error));
}

}  // namespace ks::api
