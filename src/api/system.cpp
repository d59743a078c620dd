#include "api/api.hpp"
#include "api/router.hpp"
#include "base/yaml.hpp"
#include "domain/deployment/workload.hpp"
#include "embedded/contract.hpp"

namespace ks::api {

std::string contract_json(const Services& services) {
  const auto files = embedded::contract();
  KS_ASSERT(!files.empty());
  auto yaml = parse_yaml(files.front().text, YamlLimits{std::size_t{1} << 20, 64});
  KS_ASSERT_MSG(yaml.has_value(), "the contract is not YAML");
  Json contract = std::move(yaml->value);
  contract.set("servers", Json::array({Json::object({{"url", services.base_url}})}));
  return contract.dump();
}

namespace {

// What one deployment of it takes of a plan.
Json takes(const Template& t) {
  Workload workload;
  for (const TemplateService& s : t.services) workload.services.push_back(s.service);
  const Amount amount = amount_of(workload);
  const auto line = [](const char* feature, const char* unit, std::int64_t of) {
    return Json::object({{"feature", feature}, {"unit", unit}, {"amount", of}});
  };
  return Json::array({line("deployments.max", "count", 1),
                      line("cpu.max", "milli-cpu", amount.cpu_milli),
                      line("memory.max", "bytes", amount.memory_bytes),
                      line("storage.max", "bytes", amount.storage_bytes)});
}

}  // namespace

void mount_system(Router& router, Services& services) {
  router.get<Anyone>(
      "/api/v1/config", {}, [&services](const ClientScope&, const Call&) -> Result<Reply> {
        Reply reply;
        reply.body = Json::object({{"product", "K8s Scheduler"},
                                   {"version", services.version},
                                   {"base_url", services.base_url},
                                   {"deployment_domain", services.deployment_domain},
                                   {"cluster", services.simulated ? "simulated" : "kubernetes"},
                                   {"sign_up", services.sign_up},
                                   {"dev_mode", services.dev_mode}});
        return reply;
      });

  router.get<Person>(
      "/api/v1/templates", {}, [&services](Tx&, const Caller&, const Call&) -> Result<Reply> {
        Json items = Json::array();
        for (const Template& t : services.templates.list()) {
          Json inputs = Json::array();
          for (const TemplateInput& input : t.inputs)
            inputs.push(
                Json::object({{"name", input.name},
                              {"description", input.description},
                              {"required", input.required},
                              {"secret", input.secret},
                              {"generated", input.generate_length > 0},
                              {"default", input.fallback ? Json(*input.fallback) : Json()}}));
          items.push(Json::object({{"name", t.name},
                                   {"display_name", t.display_name},
                                   {"description", t.description},
                                   {"category", t.category},
                                   {"visibility", name(t.visibility)},
                                   {"version", t.version},
                                   {"exposure", t.ingress ? "public" : "internal"},
                                   {"inputs", std::move(inputs)},
                                   {"takes", takes(t)}}));
        }
        Reply reply;
        reply.body = Json::object({{"items", std::move(items)}, {"next_cursor", Json()}});
        return reply;
      });
}

}  // namespace ks::api
