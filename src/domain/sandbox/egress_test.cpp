#include "domain/sandbox/egress.hpp"

#include <string>
#include <utility>

#include <doctest/doctest.h>

namespace ks {

namespace {

std::pair<EgressList, std::vector<Fault>> read(const std::string& text) {
  std::vector<Fault> faults;
  EgressList out = egress_list(parse_json(text).value(), "/egress", faults);
  return {std::move(out), std::move(faults)};
}

}  // namespace

TEST_CASE("a list of egress is read into the form that a cluster takes") {
  const auto [list, faults] = read(R"([
    {"cidr": "1.1.1.7/24", "ports": [443, 80, 443]},
    {"cidr": "8.8.8.8"},
    {"cidr": "2606:4700:0:0::5/32"},
    {"cidr": "::ffff:9.9.9.9/128", "ports": [65535, 1]},
    {"cidr": "0.0.0.0/0", "ports": [53]}])");
  CHECK(faults.empty());
  CHECK(egress_line(list) ==
        "1.1.1.0/24 80, 443; 8.8.8.8/32; 2606:4700::/32; 9.9.9.9/32 1, 65535; 0.0.0.0/0 53");
  CHECK(egress_from_json(to_json(list)).value() == list);
  CHECK(egress_from_text(egress_text(list)) == list);
  CHECK(egress_from_text("") == std::nullopt);
  CHECK(egress_from_text(egress_text(std::nullopt)) == std::nullopt);
  // No range at all is another thing than no list.
  CHECK(egress_from_text(egress_text(EgressList())) == EgressList());
  // What cannot be read opens nothing.
  for (const char* torn :
       {"{", "{}", "7", R"([{"cidr":"x"}])", R"([{"cidr":"1.1.1.1/32","ports":["a"]}])",
        R"([{"cidr":"1.1.1.1/32","ports":{}}])", R"([{"cidr":"1.1.1.1/32","ports":[]}])"})
    CHECK_MESSAGE(egress_from_text(torn) == EgressList(), torn);
}

TEST_CASE("each fault of a list of egress is told at its place") {
  struct Case {
    const char* json;
    const char* pointer;
    const char* words;
  };
  for (const auto& [json, pointer, words] : {
           Case{R"({})", "/egress", "must be an array"},
           Case{R"("1.1.1.1")", "/egress", "must be an array"},
           Case{R"(["1.1.1.1"])", "/egress/0", "must be an object"},
           Case{R"([{}])", "/egress/0/cidr", "must be a range"},
           Case{R"([{"cidr": 7}])", "/egress/0/cidr", "must be a range"},
           Case{R"([{"cidr": "example.com"}])", "/egress/0/cidr", "must be a range"},
           Case{R"([{"cidr": "1.1.1.0/33"}])", "/egress/0/cidr", "must be a range"},
           Case{R"([{"cidr": "1.1.1.1"}, {"cidr": "1.1.1.1/32"}])", "/egress/1/cidr", "twice"},
           Case{R"([{"cidr": "1.1.1.1", "ports": []}])", "/egress/0/ports", "must not be empty"},
           Case{R"([{"cidr": "1.1.1.1", "ports": 80}])", "/egress/0/ports", "must be an array"},
           Case{R"([{"cidr": "1.1.1.1", "ports": [1, 0]}])", "/egress/0/ports/1",
                "must be a whole number from 1 to 65535"},
           Case{R"([{"cidr": "1.1.1.1", "ports": [65536]}])", "/egress/0/ports/0",
                "must be a whole number from 1 to 65535"},
           Case{R"([{"cidr": "1.1.1.1", "ports": ["80"]}])", "/egress/0/ports/0",
                "must be a whole number from 1 to 65535"},
           Case{R"([{"cidr": "1.1.1.1", "a/b": 1}])", "/egress/0/a~1b", "not a field"},
       }) {
    CAPTURE(json);
    const auto [list, faults] = read(json);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].pointer == pointer);
    CHECK(faults[0].message.find(words) != std::string::npos);
  }
  std::string many = "[";
  for (std::size_t i = 0; i <= kEgressRulesMax; ++i)
    many += (i == 0 ? "" : ",") + ("{\"cidr\":\"9.9.9." + std::to_string(i) + "\"}");
  CHECK(read(many + "]").second.size() == 1);
  std::string ports = "[{\"cidr\":\"9.9.9.9\",\"ports\":[1";
  for (std::size_t i = 0; i < kEgressPortsMax; ++i) ports += "," + std::to_string(i + 2);
  CHECK(read(ports + "]}]").second.size() == 1);
}

TEST_CASE("no list names an address that is not of the internet") {
  for (const auto closed : {closed_v4(), closed_v6()})
    for (const char* range : closed) {
      CAPTURE(range);
      const auto [list, faults] = read(R"([{"cidr": ")" + std::string(range) + "\"}]");
      CHECK(faults.size() == 1);
      CHECK(list.empty());
    }
  // By whatever it is written as.
  for (const char* range :
       {"10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe/128", "64:ff9b::a00:1",
        "fd00:ec2::254", "100::1", "2001::a00:1", "2001:db8::1", "2002:a00:1::1", "fec0::1"})
    CHECK_MESSAGE(read(R"([{"cidr": ")" + std::string(range) + "\"}]").second.size() == 1, range);
}

}  // namespace ks
