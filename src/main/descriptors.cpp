#include "main/descriptors.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace ks {

std::size_t raise_descriptors() {
  constexpr rlim_t kEnough = 1 << 20;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = std::max(before, std::min(limit.rlim_max, kEnough));
  const rlim_t now = ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
  return static_cast<std::size_t>(std::min(now, kEnough));
}

std::size_t connections_within(std::size_t descriptors) {
  constexpr std::size_t kConnectionsMax = 10'000;
  constexpr std::size_t kReserve = 256;
  return std::min(kConnectionsMax, descriptors - std::min(kReserve, descriptors / 2));
}

}  // namespace ks
