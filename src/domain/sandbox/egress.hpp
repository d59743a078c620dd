#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

// Where the pods of an organization may send to outside of the cluster.
namespace ks {

// What "the internet" is not, in CIDR form: private, link-local, carrier-grade and reserved
// addresses. No list opens any of these.
std::span<const char* const> closed_v4();
std::span<const char* const> closed_v6();

// One range of the internet that may be sent to.
struct EgressRule {
  std::string cidr;        // RFC 4632, in its one form: no bits behind the length.
  std::vector<int> ports;  // TCP and UDP, in order and each once; none: all.
  friend bool operator==(const EgressRule&, const EgressRule&) = default;
};

// Everything else of the internet is closed; without a rule all of it is. DNS stays open.
using EgressList = std::vector<EgressRule>;

inline constexpr std::size_t kEgressRulesMax = 50;
inline constexpr std::size_t kEgressPortsMax = 20;

// Reads what somebody asks for, such as [{"cidr":"1.1.1.0/24","ports":[443]}], with an address for
// the range of it alone; `place` is the JSON pointer of it. Adds what is wrong to `faults`.
EgressList egress_list(const Json& json, const std::string& place, std::vector<Fault>& faults);

Json to_json(const EgressList&);
// What to_json() wrote, now or by a version that closed other ranges.
Result<EgressList> egress_from_json(const Json&);
// As a column keeps it: "" for no list. One that cannot be read opens nothing.
std::string egress_text(const std::optional<EgressList>&);
std::optional<EgressList> egress_from_text(std::string_view text);
// As people read and write it: "1.1.1.0/24 443; 8.8.8.8/32".
std::string egress_line(const EgressList&);

}  // namespace ks
