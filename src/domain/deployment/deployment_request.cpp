#include "domain/deployment/deployment_request.hpp"

#include <fmt/format.h>

#include "domain/deployment/resource_fields.hpp"
#include "domain/deployment/service_fields.hpp"
#include "domain/name.hpp"
#include "domain/template/template_render.hpp"

namespace ks {

namespace {

constexpr std::string_view kOnlyService = "web";
constexpr std::size_t kSuffixLength = 6;

void read_name(const Json& value, Faults& faults, std::string& out) {
  const std::string* text = read_text(value, "/name", faults);
  if (text == nullptr) return;
  if (const auto fine = check_label(*text, kDeploymentNameMax); !fine)
    faults.add("/name", fine.error().message);
  out = *text;
}

// A name may start with a digit, the name of a Kubernetes Service may not (RFC 1035).
std::string make_stem(const std::string& name, Random& random) {
  const bool digit = !name.empty() && name.front() >= '0' && name.front() <= '9';
  return (digit ? "d" : "") + name + "-" + random_suffix(random, kSuffixLength);
}

std::optional<Exposure> read_exposure(const Json& value, Faults& faults) {
  const std::string* text = read_text(value, "/exposure", faults);
  if (text == nullptr) return std::nullopt;
  for (const Exposure e : {Exposure::public_, Exposure::internal})
    if (name(e) == *text) return e;
  faults.add("/exposure", "must be public or internal");
  return std::nullopt;
}

void check_env_bytes(const Workload& workload, Faults& faults) {
  if (env_bytes(workload) > kEnvBytesMax)
    faults.add(workload.services.size() == 1 ? "/env" : "/services",
               fmt::format("variables and arguments must have at most {} bytes of JSON in all",
                           kEnvBytesMax));
}

// Sets exposure and the service that it leads to: that of the template that it is made of, else the
// first that has a port. What is public stays so, with the service that it has.
void expose(Workload& workload, Exposure exposure, const Template* from, Faults& faults) {
  workload.exposure = exposure;
  if (exposure == Exposure::internal) {
    workload.ingress_service.clear();
    return;
  }
  if (workload.ingress_service.empty() && from != nullptr) {
    if (!from->ingress) {
      faults.add("/exposure", "cannot be public, because its template gives it no URL");
      return;
    }
    if (workload.find(from->ingress->service) != nullptr)
      workload.ingress_service = from->ingress->service;
  }
  const Service* current = workload.find(workload.ingress_service);
  if (current != nullptr && current->port) return;
  if (current != nullptr) {
    faults.add("/exposure", "needs the port of the service that the URL leads to");
    return;
  }
  for (const Service& s : workload.services)
    if (s.port) {
      workload.ingress_service = s.name;
      return;
    }
  faults.add("/exposure", "cannot be public without a port");
}

void read_image_body(const Json& body, DeploymentDraft& draft, Faults& faults) {
  Service service;
  service.name = kOnlyService;
  std::optional<Exposure> exposure;
  for (const auto& [key, value] : body.members()) {
    const std::string at = pointer_token(key);
    if (key == "name") continue;
    if (key == "exposure")
      exposure = read_exposure(value, faults);
    else if (key == "inputs")
      faults.add(at, "belongs to a deployment from a template");
    else if (!read_service_field(service, key, value, at, Writing::whole, faults))
      faults.add(at, "is not a known field");
  }
  read_scaling(service, body, "", Writing::whole, faults);
  if (body.find("image") == nullptr) faults.add("/image", "is required, or template in its place");
  // A port that is there but faulty must not give a second fault for want of a port.
  const bool has_port = body.find("port") != nullptr;
  const bool port_fine = service.port || !has_port;
  if (port_fine) check_service(service, "", faults);
  draft.workload.services.push_back(std::move(service));
  if (!exposure) exposure = has_port ? Exposure::public_ : Exposure::internal;
  if (port_fine) expose(draft.workload, *exposure, nullptr, faults);
  check_env_bytes(draft.workload, faults);
}

void read_template_body(const Json& body, const TemplateCatalogue& templates,
                        DeploymentDraft& draft, Random& random, Faults& faults) {
  const Template* found = nullptr;
  std::optional<Exposure> exposure;
  for (const auto& [key, value] : body.members()) {
    const std::string at = pointer_token(key);
    Service unused;
    Faults unseen;
    if (key == "name" || key == "inputs") continue;
    if (key == "template") {
      const std::string* text = read_text(value, at, faults);
      if (text == nullptr) continue;
      found = templates.find(*text);
      if (found == nullptr) faults.add(at, "is no template that you can use");
    } else if (key == "exposure") {
      exposure = read_exposure(value, faults);
    } else if (read_service_field(unused, key, value, at, Writing::whole, unseen)) {
      faults.add(at, "belongs to a deployment from an image, not from a template");
    } else {
      faults.add(at, "is not a known field");
    }
  }
  const Json* inputs = body.find("inputs");
  if (found == nullptr) {
    if (inputs != nullptr) is_object(*inputs, "/inputs", faults);
    return;
  }
  draft.template_name = found->name;
  RenderedTemplate rendered =
      render_template(*found, inputs, draft.stem, "/inputs", random, faults);
  draft.workload = std::move(rendered.workload);
  draft.secrets = std::move(rendered.secrets);
  if (exposure && *exposure != draft.workload.exposure)
    expose(draft.workload, *exposure, found, faults);
}

}  // namespace

Result<DeploymentDraft> draft_from_json(const Json& body, const TemplateCatalogue& templates,
                                        Random& random) {
  Faults faults;
  if (!is_object(body, "", faults)) return invalid(faults.take());
  DeploymentDraft draft;
  if (const Json* given = body.find("name"))
    read_name(*given, faults, draft.name);
  else
    faults.add("/name", "is required");
  draft.stem = make_stem(draft.name, random);
  if (body.find("template") != nullptr)
    read_template_body(body, templates, draft, random, faults);
  else
    read_image_body(body, draft, faults);
  if (!faults.empty()) return invalid(faults.take());
  return draft;
}

namespace {

void patch_service(Service& service, const Json& patch, const std::string& pointer,
                   Faults& faults) {
  for (const auto& [key, value] : patch.members()) {
    const std::string at = pointer + pointer_token(key);
    if (key == "volumes" || key == "name")
      faults.add(at, "cannot be changed");
    else if (!read_service_field(service, key, value, at, Writing::patch, faults))
      faults.add(at, "is not a known field");
  }
  read_scaling(service, patch, pointer, Writing::patch, faults);
}

void patch_services(Workload& workload, const Json& patch, Faults& faults) {
  if (!is_object(patch, "/services", faults)) return;
  for (const auto& [key, value] : patch.members()) {
    const std::string at = "/services" + pointer_token(key);
    Service* service = workload.find(key);
    if (service == nullptr)
      faults.add(at, "is no service of this deployment, and none can be added");
    else if (value.is_null())
      faults.add(at, "cannot be removed");
    else if (is_object(value, at, faults))
      patch_service(*service, value, at, faults);
  }
}

}  // namespace

Result<Workload> patch_workload(const Workload& current, const Json& patch, const Template* from) {
  Faults faults;
  if (!is_object(patch, "", faults)) return invalid(faults.take());
  Workload out = current;
  const bool one = out.services.size() == 1;
  const bool by_service = patch.find("services") != nullptr;
  std::optional<Exposure> exposure;
  Service unused;
  for (const auto& [key, value] : patch.members()) {
    const std::string at = pointer_token(key);
    Faults unseen;
    if (key == "services") {
      patch_services(out, value, faults);
    } else if (key == "exposure") {
      exposure = read_exposure(value, faults);
    } else if (!one || by_service) {
      if (!read_service_field(unused, key, value, at, Writing::patch, unseen))
        faults.add(at, "is not a known field");
      else
        faults.add(at, one ? "cannot stand beside services"
                           : "belongs under services, because there are several");
    } else if (!read_service_field(out.services[0], key, value, at, Writing::patch, faults)) {
      faults.add(at, "is not a known field");
    }
  }
  if (one && !by_service) read_scaling(out.services[0], patch, "", Writing::patch, faults);
  // Against the values that were taken: with faults among them, these would only be echoes.
  if (faults.empty()) {
    for (const Service& s : out.services) {
      const bool at_top = one && !by_service;
      check_service(s, at_top ? "" : "/services" + pointer_token(s.name), faults);
    }
    if (exposure || out.exposure == Exposure::public_)
      expose(out, exposure.value_or(out.exposure), from, faults);
    check_env_bytes(out, faults);
  }
  if (!faults.empty()) return invalid(faults.take());
  return out;
}

void describe_workload(Json& resource, const Workload& workload) {
  const auto env = [](const Service& s) {
    Json out = Json::object();
    for (const auto& [key, value] : s.env) out.set(key, value);
    return out;
  };
  const auto port = [](const Service& s) { return s.port ? Json(*s.port) : Json(); };
  const auto replicas = [](const Service& s) { return s.autoscale ? Json() : Json(s.replicas); };
  const auto autoscale = [](const Service& s) {
    return s.autoscale ? Json::object({{"min", s.autoscale->min},
                                       {"max", s.replicas},
                                       {"cpu", s.autoscale->cpu_percent}})
                       : Json();
  };
  const bool one = workload.services.size() == 1;
  const Service* only = one ? &workload.services[0] : nullptr;
  resource.set("image", one ? Json(only->image) : Json());
  resource.set("replicas", one ? replicas(*only) : Json());
  resource.set("autoscale", one ? autoscale(*only) : Json());
  resource.set("env", one ? env(*only) : Json());
  resource.set("port", one ? port(*only) : Json());
  resource.set("resources", one ? describe(only->resources) : Json());
  resource.set("exposure", name(workload.exposure));
  Json services = Json::object();
  for (const Service& s : workload.services)
    services.set(s.name, Json::object({{"image", s.image},
                                       {"port", port(s)},
                                       {"replicas", replicas(s)},
                                       {"autoscale", autoscale(s)},
                                       {"env", env(s)},
                                       {"resources", describe(s.resources)}}));
  resource.set("services", std::move(services));
}

}  // namespace ks
