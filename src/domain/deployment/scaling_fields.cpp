#include <algorithm>

#include "domain/deployment/service_fields.hpp"

namespace ks {

namespace {

constexpr int kCpuPercentMax = 100;

// Into `service`, when all of it is fine.
void read_autoscale(Service& service, const Json& value, const std::string& pointer,
                    Writing writing, Faults& faults) {
  if (!is_object(value, pointer, faults)) return;
  std::int64_t min = 0, max = 0, cpu = 0;
  if (service.autoscale && writing == Writing::patch) {
    min = service.autoscale->min;
    max = service.replicas;
    cpu = service.autoscale->cpu_percent;
  }
  bool fine = true;
  const auto read = [&](const char* name, std::int64_t most, std::int64_t& out) {
    const Json* field = value.find(name);
    const std::string at = pointer + "/" + name;
    if (field == nullptr && out == 0) faults.add(at, "is required");
    const bool whole = field == nullptr ? out != 0 : read_integer(*field, 1, most, at, faults, out);
    fine = fine && whole;
    return whole;
  };
  for (const auto& [key, _] : value.members())
    if (key != "min" && key != "max" && key != "cpu") {
      faults.add(pointer + pointer_token(key), "is not a known field");
      fine = false;
    }
  // Whatever is wrong with the others is no reason to hold this back until they are mended.
  const bool least = read("min", kReplicasMax, min);
  const bool most = read("max", kReplicasMax, max);
  read("cpu", kCpuPercentMax, cpu);
  if (least && most && min > max) {
    faults.add(pointer + "/max", "must not be below min");
    fine = false;
  }
  if (!fine) return;
  service.replicas = static_cast<int>(max);
  service.autoscale = Autoscale{static_cast<int>(min), static_cast<int>(cpu)};
}

}  // namespace

void read_scaling(Service& service, const Json& fields, const std::string& pointer, Writing writing,
                  Faults& faults) {
  const Json* replicas = fields.find("replicas");
  const Json* autoscale = fields.find("autoscale");
  const bool ends = autoscale != nullptr && autoscale->is_null() && writing == Writing::patch;
  const bool scales = autoscale != nullptr && !ends;
  // Of what has no fixed number, null says just that.
  if (replicas != nullptr && replicas->is_null() && writing == Writing::patch &&
      (scales || (service.autoscale && !ends)))
    replicas = nullptr;
  if (replicas != nullptr && scales) {
    const std::string at = pointer + "/autoscale";
    faults.add(at, "cannot stand beside replicas");
    Service unused = service;
    read_autoscale(unused, *autoscale, at, writing, faults);
  } else if (replicas != nullptr) {
    std::int64_t number = 0;
    if (!read_integer(*replicas, 0, kReplicasMax, pointer + "/replicas", faults, number)) return;
    service.replicas = static_cast<int>(number);
    service.autoscale.reset();
  } else if (scales) {
    read_autoscale(service, *autoscale, pointer + "/autoscale", writing, faults);
  } else if (ends && service.autoscale) {
    service.replicas = service.autoscale->min;
    service.autoscale.reset();
  }
}

}  // namespace ks
