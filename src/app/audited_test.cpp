#include "app/audited.hpp"

#include <doctest/doctest.h>

using namespace ks;
using namespace ks::app;

namespace {

Service service_with(int variables) {
  Service service;
  service.name = "web";
  service.image = "nginx:1";
  for (int i = 0; i < variables; ++i) service.env["VARIABLE_" + std::to_string(i)] = "canary";
  return service;
}

Facts facts_of(Service service) {
  Workload workload;
  workload.services.push_back(std::move(service));
  return facts("web", "", workload);
}

}  // namespace

TEST_CASE("a change tells what differs, a value that was given as a mask, before and after") {
  Service before = service_with(2), after = service_with(2);
  after.env["VARIABLE_1"] = "canary of another day";
  after.replicas = before.replicas + 1;
  after.health_path = "/ok?token=canary";
  after.args = {"--password=canary"};
  const Deed deed =
      changed(Action::deployments_update, {"deployment", "7"}, facts_of(before), facts_of(after));
  CHECK(deed.detail ==
        Json::object({{"before", Json::object({{"services.web.env.VARIABLE_1", "***"},
                                               {"services.web.replicas", before.replicas}})},
                      {"after", Json::object({{"services.web.args.0", "***"},
                                              {"services.web.env.VARIABLE_1", "***"},
                                              {"services.web.health_path", "/ok"},
                                              {"services.web.health_query", "***"},
                                              {"services.web.replicas", after.replicas}})}}));
  CHECK(deed.detail.dump().find("canary") == std::string::npos);
  const Deed same =
      changed(Action::deployments_update, {"deployment", "7"}, facts_of(before), facts_of(before));
  CHECK(same.detail == Json::object({{"before", Json::object()}, {"after", Json::object()}}));
}

TEST_CASE("a deed of very many facts is of bounded size, and counts those that it leaves out") {
  const Facts many = facts_of(service_with(20'000));
  for (const Deed& deed : {created(Action::deployments_create, {"deployment", "7"}, many),
                           removed(Action::deployments_delete, {"deployment", "7"}, many),
                           changed(Action::deployments_update, {"deployment", "7"}, many,
                                   facts_of(service_with(1)))}) {
    CHECK(deed.detail.dump().size() < 17 * 1024);
    CHECK(deed.detail.at("more").as_int() > 19'000);
  }
}

TEST_CASE("of two lists of egress as long as they may be, the new one is told whole") {
  const auto longest = [](int port) {
    EgressList out;
    for (std::size_t i = 0; i < kEgressRulesMax; ++i) {
      EgressRule rule{"2606:4700:aaaa:bbbb:cccc:dddd:eeee:" + std::to_string(1000 + i) + "/128",
                      {}};
      for (std::size_t p = 0; p < kEgressPortsMax; ++p)
        rule.ports.push_back(port + static_cast<int>(p));
      out.push_back(std::move(rule));
    }
    return out;
  };
  Organization before{*OrgId::parse("01939f6e-4a00-7000-8000-000000000001"),
                      "acme",
                      "Acme",
                      "active",
                      "enterprise",
                      1,
                      Time{},
                      Time{},
                      Time{}};
  Organization after = before;
  before.egress = longest(40'000);
  after.egress = longest(50'000);
  const Deed deed = changed(Action::org_update, {"organization", "7"}, facts(before), facts(after));
  CHECK(deed.detail.text("after", "egress") == egress_line(*after.egress));
  CHECK(deed.detail.dump().size() < 17 * 1024);
  CHECK(deed.detail.at("more").as_int() == 1);
}
