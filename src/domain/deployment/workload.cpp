#include "domain/deployment/workload.hpp"

#include <algorithm>

#include "domain/deployment/quantity.hpp"

namespace ks {

std::string_view name(Exposure exposure) {
  return exposure == Exposure::public_ ? "public" : "internal";
}

const Service* Workload::find(std::string_view service) const {
  const auto at = std::ranges::find(services, service, &Service::name);
  return at == services.end() ? nullptr : &*at;
}

Service* Workload::find(std::string_view service) {
  return const_cast<Service*>(static_cast<const Workload*>(this)->find(service));
}

Amount amount_of(const Workload& workload) {
  Amount sum;
  for (const Service& s : workload.services) {
    sum.cpu_milli += s.resources.cpu_milli_limit * s.replicas;
    sum.memory_bytes += s.resources.memory_bytes_limit * s.replicas;
    for (const Volume& v : s.volumes) sum.storage_bytes += v.size_bytes;
  }
  return sum;
}

std::string object_name(std::string_view stem, const Workload& workload, std::string_view service) {
  if (workload.services.size() == 1) return std::string(stem);
  return std::string(stem) + "-" + std::string(service);
}

namespace {

Json to_json(const std::map<std::string, std::string>& map) {
  Json out = Json::object();
  for (const auto& [key, value] : map) out.set(key, value);
  return out;
}

Json to_json(const Service& s) {
  Json out = Json::object();
  out.set("name", s.name).set("image", s.image).set("replicas", s.replicas);
  if (s.autoscale)
    out.set("autoscale",
            Json::object({{"min", s.autoscale->min}, {"cpuPercent", s.autoscale->cpu_percent}}));
  if (s.port) out.set("port", *s.port);
  if (!s.args.empty()) {
    Json args = Json::array();
    for (const auto& a : s.args) args.push(a);
    out.set("args", std::move(args));
  }
  if (!s.env.empty()) out.set("env", to_json(s.env));
  if (!s.secret_env.empty()) out.set("secretEnv", to_json(s.secret_env));
  out.set(
      "resources",
      Json::object(
          {{"requests", Json::object({{"cpu", format_cpu_milli(s.resources.cpu_milli_request)},
                                      {"memory", format_bytes(s.resources.memory_bytes_request)}})},
           {"limits", Json::object({{"cpu", format_cpu_milli(s.resources.cpu_milli_limit)},
                                    {"memory", format_bytes(s.resources.memory_bytes_limit)}})}}));
  if (!s.health_path.empty()) out.set("health", Json::object({{"path", s.health_path}}));
  if (!s.volumes.empty()) {
    Json volumes = Json::array();
    for (const Volume& v : s.volumes)
      volumes.push(
          Json::object({{"name", v.name}, {"path", v.path}, {"size", format_bytes(v.size_bytes)}}));
    out.set("volumes", std::move(volumes));
  }
  if (!s.writable.empty()) {
    Json writable = Json::array();
    for (const auto& path : s.writable) writable.push(path);
    out.set("writable", std::move(writable));
  }
  if (s.run_as) out.set("runAs", Json::object({{"uid", s.run_as->uid}, {"gid", s.run_as->gid}}));
  return out;
}

Result<std::map<std::string, std::string>> map_from_json(const Json& json) {
  std::map<std::string, std::string> out;
  if (json.is_null()) return out;
  if (!json.is_object()) return bug("workload: a map is no object");
  for (const auto& [key, value] : json.members()) {
    if (!value.is_string()) return bug("workload: a map's value is no text");
    out.emplace(key, value.as_string());
  }
  return out;
}

Result<std::vector<std::string>> texts_from_json(const Json& json) {
  std::vector<std::string> out;
  if (json.is_null()) return out;
  if (!json.is_array()) return bug("workload: a list is no array");
  for (const Json& item : json.as_array()) {
    if (!item.is_string()) return bug("workload: a list's item is no text");
    out.push_back(item.as_string());
  }
  return out;
}

Result<Service> service_from_json(const Json& json) {
  Service s;
  s.name = json.text("name");
  s.image = json.text("image");
  if (s.name.empty() || s.image.empty()) return bug("workload: a service without name or image");
  s.replicas = static_cast<int>(json.integer_or(1, "replicas"));
  if (const Json* autoscale = json.find("autoscale"))
    s.autoscale = Autoscale{static_cast<int>(autoscale->integer_or(1, "min")),
                            static_cast<int>(autoscale->integer_or(100, "cpuPercent"))};
  if (const Json* port = json.find("port"); port != nullptr && port->is_int())
    s.port = static_cast<int>(port->as_int());
  KS_TRY(s.args, texts_from_json(json.at("args")));
  KS_TRY(s.env, map_from_json(json.at("env")));
  KS_TRY(s.secret_env, map_from_json(json.at("secretEnv")));
  KS_TRY(s.resources.cpu_milli_request, parse_cpu_milli(json.text("resources", "requests", "cpu")));
  KS_TRY(s.resources.memory_bytes_request,
         parse_bytes(json.text("resources", "requests", "memory")));
  KS_TRY(s.resources.cpu_milli_limit, parse_cpu_milli(json.text("resources", "limits", "cpu")));
  KS_TRY(s.resources.memory_bytes_limit, parse_bytes(json.text("resources", "limits", "memory")));
  s.health_path = json.text("health", "path");
  if (const Json& volumes = json.at("volumes"); volumes.is_array()) {
    for (const Json& v : volumes.as_array()) {
      Volume volume{std::string(v.text("name")), std::string(v.text("path")), 0};
      KS_TRY(volume.size_bytes, parse_bytes(v.text("size")));
      s.volumes.push_back(std::move(volume));
    }
  }
  KS_TRY(s.writable, texts_from_json(json.at("writable")));
  if (const Json* run_as = json.find("runAs"))
    s.run_as = RunAs{run_as->integer_or(0, "uid"), run_as->integer_or(0, "gid")};
  return s;
}

}  // namespace

Json to_json(const Workload& workload) {
  Json services = Json::array();
  for (const Service& s : workload.services) services.push(to_json(s));
  Json out =
      Json::object({{"services", std::move(services)}, {"exposure", name(workload.exposure)}});
  if (!workload.ingress_service.empty()) out.set("ingressService", workload.ingress_service);
  return out;
}

Result<Workload> workload_from_json(const Json& json) {
  Workload out;
  const Json& services = json.at("services");
  if (!services.is_array()) return bug("workload: no services");
  for (const Json& s : services.as_array()) {
    KS_TRY(Service service, service_from_json(s));
    out.services.push_back(std::move(service));
  }
  out.exposure = json.text("exposure") == "public" ? Exposure::public_ : Exposure::internal;
  out.ingress_service = json.text("ingressService");
  return out;
}

}  // namespace ks
