#include "domain/sandbox/egress.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/address.hpp"

namespace ks {

namespace {

// The whole of ::/8 covers loopback, IPv4-mapped addresses and NAT64 (RFC 4291, RFC 6052), by which
// an IPv4 address could be reached around the list beside it.
constexpr const char* kClosedV4[] = {
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    // The host of an Azure machine, which hands out the credentials of its node.
    "168.63.129.16/32"};
// The registry that RFC 6890 began. 2001::/23 has Teredo and 2002::/16 is 6to4, which also carry
// IPv4 addresses; fec0::/10 was site-local (RFC 3879).
constexpr const char* kClosedV6[] = {"::/8",      "100::/64",  "2001::/23", "2001:db8::/32",
                                     "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7",
                                     "fe80::/10", "fec0::/10", "ff00::/8"};

// Unknown members would be answered with many times their size.
constexpr std::size_t kFaultsMax = 100;

bool is_closed(const Cidr& range) {
  const auto inside = [&](const char* closed) { return Cidr::parse(closed)->contains(range); };
  return std::ranges::any_of(kClosedV4, inside) || std::ranges::any_of(kClosedV6, inside);
}

std::vector<int> ports_of(const Json& json, const std::string& place, std::vector<Fault>& faults) {
  std::vector<int> out;
  if (!json.is_array()) {
    faults.push_back({place, "must be an array"});
    return out;
  }
  // Not all of them, which a list that came out empty by mistake would open.
  if (json.as_array().empty()) faults.push_back({place, "must not be empty"});
  if (json.as_array().size() > kEgressPortsMax) {
    faults.push_back({place, fmt::format("must have at most {} items", kEgressPortsMax)});
    return out;
  }
  for (std::size_t i = 0; i < json.as_array().size(); ++i) {
    const Json& port = json.as_array()[i];
    if (port.is_int() && port.as_int() >= 1 && port.as_int() <= 65535)
      out.push_back(static_cast<int>(port.as_int()));
    else
      faults.push_back({fmt::format("{}/{}", place, i), "must be a whole number from 1 to 65535"});
  }
  std::ranges::sort(out);
  const auto again = std::ranges::unique(out);
  out.erase(again.begin(), again.end());
  return out;
}

// nullopt with a fault.
std::optional<std::string> range_of(const Json& json, const std::string& place,
                                    std::vector<Fault>& faults) {
  std::optional<Cidr> range;
  if (json.is_string()) {
    if (const auto one = Address::parse(json.as_string()))
      range = Cidr::of(*one);
    else if (const auto read = Cidr::parse(json.as_string()))
      range = *read;
  }
  if (!range) {
    faults.push_back({place, "must be a range of addresses, such as 1.1.1.0/24 or 2606:4700::/32"});
    return std::nullopt;
  }
  if (is_closed(*range)) {
    faults.push_back({place, "is not of the internet, and stays closed"});
    return std::nullopt;
  }
  return range->trimmed().text();
}

}  // namespace

std::span<const char* const> closed_v4() { return kClosedV4; }
std::span<const char* const> closed_v6() { return kClosedV6; }

EgressList egress_list(const Json& json, const std::string& place, std::vector<Fault>& faults) {
  EgressList out;
  if (!json.is_array()) {
    faults.push_back({place, "must be an array"});
    return out;
  }
  if (json.as_array().size() > kEgressRulesMax) {
    faults.push_back({place, fmt::format("must have at most {} items", kEgressRulesMax)});
    return out;
  }
  for (std::size_t i = 0; i < json.as_array().size(); ++i) {
    const Json& one = json.as_array()[i];
    const std::string here = fmt::format("{}/{}", place, i);
    if (!one.is_object()) {
      faults.push_back({here, "must be an object"});
      continue;
    }
    for (const auto& [key, value] : one.members())
      if (key != "cidr" && key != "ports" && faults.size() < kFaultsMax)
        faults.push_back({here + pointer_token(key), "is not a field of this request"});
    EgressRule rule;
    if (const Json* ports = one.find("ports"))
      rule.ports = ports_of(*ports, here + "/ports", faults);
    const auto range = range_of(one.at("cidr"), here + "/cidr", faults);
    if (!range) continue;
    rule.cidr = *range;
    if (std::ranges::find(out, rule.cidr, &EgressRule::cidr) != out.end())
      faults.push_back({here + "/cidr", "is named twice"});
    out.push_back(std::move(rule));
  }
  return out;
}

Json to_json(const EgressList& list) {
  Json out = Json::array();
  for (const EgressRule& rule : list) {
    Json one = Json::object({{"cidr", rule.cidr}});
    Json ports = Json::array();
    for (const int port : rule.ports) ports.push(port);
    if (!rule.ports.empty()) one.set("ports", std::move(ports));
    out.push(std::move(one));
  }
  return out;
}

Result<EgressList> egress_from_json(const Json& json) {
  const auto unreadable = [] { return bug("a list of egress that cannot be read"); };
  if (!json.is_array()) return unreadable();
  EgressList out;
  for (const Json& one : json.as_array()) {
    EgressRule rule{std::string(one.text("cidr")), {}};
    if (!Cidr::parse(rule.cidr)) return unreadable();
    if (const Json* ports = one.find("ports")) {
      if (!ports->is_array() || ports->as_array().empty()) return unreadable();
      for (const Json& port : ports->as_array()) {
        if (!port.is_int()) return unreadable();
        rule.ports.push_back(static_cast<int>(port.as_int()));
      }
    }
    out.push_back(std::move(rule));
  }
  return out;
}

std::string egress_text(const std::optional<EgressList>& list) {
  return list ? to_json(*list).dump() : "";
}

std::optional<EgressList> egress_from_text(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto json = parse_json(text);
  return json ? egress_from_json(*json).value_or(EgressList()) : EgressList();
}

std::string egress_line(const EgressList& list) {
  std::string out;
  for (const EgressRule& rule : list) {
    if (!out.empty()) out += "; ";
    out += rule.cidr;
    if (!rule.ports.empty()) out += fmt::format(" {}", fmt::join(rule.ports, ", "));
  }
  return out;
}

}  // namespace ks
