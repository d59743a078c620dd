#include "bench/speed.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <sys/resource.h>

#include "bench/world.hpp"

namespace ks::bench {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto in_seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

void print(const char* engine, const char* what, const Series& series, double against) {
  const double speed = median(series.per_second);
  fmt::print("{:<10} {:<34} {:>9.0f}/s {:>8.1f} us CPU", engine, what, speed,
             median(series.cpu_us));
  if (against > 0) fmt::print("   ratio {:.2f}", against / speed);
  fmt::print("\n");
}

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace ks::bench
