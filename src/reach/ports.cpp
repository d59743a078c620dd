#include "reach/ports.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ks::reach {

namespace {
constexpr int kFirst = 1, kLast = 65535;
}

std::string_view name(Protocol protocol) {
  switch (protocol) {
    case Protocol::tcp:
      return "TCP";
    case Protocol::udp:
      return "UDP";
    case Protocol::sctp:
      return "SCTP";
  }
  return "";
}

PortSet PortSet::all() {
  PortSet out;
  for (const Protocol p : kProtocols) out.add(p, kFirst, kLast);
  return out;
}

void PortSet::add(Protocol protocol, int first, int last) {
  if (first < kFirst || last > kLast || first > last) return;
  auto& ranges = ranges_[std::size_t(protocol)];
  std::vector<Range> out;
  for (const Range& r : ranges) {
    if (r.second + 1 < first || last + 1 < r.first) {
      out.push_back(r);
    } else {
      first = std::min(first, r.first);
      last = std::max(last, r.second);
    }
  }
  out.emplace_back(first, last);
  std::ranges::sort(out);
  ranges = std::move(out);
}

void PortSet::add(const PortSet& other) {
  for (const Protocol p : kProtocols)
    for (const auto& [first, last] : other.of(p)) add(p, first, last);
}

PortSet PortSet::operator&(const PortSet& other) const {
  PortSet out;
  for (const Protocol p : kProtocols)
    for (const auto& [a, b] : of(p))
      for (const auto& [c, d] : other.of(p)) out.add(p, std::max(a, c), std::min(b, d));
  return out;
}

bool PortSet::empty() const {
  return std::ranges::all_of(ranges_, [](const auto& r) { return r.empty(); });
}

bool PortSet::has(Protocol protocol, int port) const {
  return std::ranges::any_of(of(protocol),
                             [&](const Range& r) { return r.first <= port && port <= r.second; });
}

std::string PortSet::text() const {
  if (empty()) return "none";
  if (*this == all()) return "all";
  std::string out;
  for (const Protocol p : kProtocols) {
    if (of(p).empty()) continue;
    if (!out.empty()) out += "; ";
    out += name(p);
    std::string_view before = " ";
    for (const auto& [first, last] : of(p)) {
      out += before;
      if (first == kFirst && last == kLast)
        out += "all";
      else
        out += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
      before = ", ";
    }
  }
  return out;
}

}  // namespace ks::reach
