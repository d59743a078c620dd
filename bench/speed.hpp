#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace ks::bench {

// How fast work was done, and what it cost this process.
struct Speed {
  double per_second;
  double cpu_us;
};
double cpu_seconds();
template <class Work>
Speed timed(const Clock& clock, std::size_t count, Work work) {
  const Time before = clock.monotonic();
  const double cpu_before = cpu_seconds();
  work();
  const double took = static_cast<double>((clock.monotonic() - before).us) / 1e6;
  const auto n = static_cast<double>(count);
  return {n / took, (cpu_seconds() - cpu_before) * 1e6 / n};
}

// The same work again and again, and its medians.
struct Series {
  std::vector<double> per_second = {}, cpu_us = {};
  void add(Speed s) {
    per_second.push_back(s.per_second);
    cpu_us.push_back(s.cpu_us);
  }
};
// A line, with what `against` (a second) is of it as a ratio unless that is 0.
void print(const char* engine, const char* what, const Series& series, double against);

// Of the environment; "" when it is not set.
std::string setting(const char* name);

}  // namespace ks::bench
