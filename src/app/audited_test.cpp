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
