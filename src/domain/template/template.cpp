#include "domain/template/template.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/yaml.hpp"
#include "domain/deployment/service_fields.hpp"
#include "domain/name.hpp"
#include "embedded/system_templates.hpp"

namespace ks {

std::string_view name(Visibility visibility) {
  switch (visibility) {
    case Visibility::private_:
      return "private";
    case Visibility::team:
      return "team";
    case Visibility::org:
      return "org";
    case Visibility::public_:
      return "public";
  }
  return "private";
}

const TemplateInput* Template::input(std::string_view input_name) const {
  const auto at = std::ranges::find(inputs, input_name, &TemplateInput::name);
  return at == inputs.end() ? nullptr : &*at;
}

namespace {

constexpr std::size_t kInputsMax = 50;
constexpr std::int64_t kGenerateMin = 12;
constexpr std::int64_t kGenerateMax = 128;
constexpr std::size_t kVersionMax = 32;

// Reads the tree of one template. Each function takes the value of one key.
class Reader {
 public:
  explicit Reader(Faults& faults) : faults_(faults) {}

  Template read(const Json& root) {
    if (!is_object(root, "", faults_)) return std::move(out_);
    for (const auto& [key, value] : root.members()) {
      const std::string at = pointer_token(key);
      if (key == "displayName")
        read_words(value, at, kTextMax, out_.display_name);
      else if (key == "description")
        read_description(value, at, out_.description);
      else if (key == "category")
        read_words(value, at, kTextMax, out_.category);
      else if (key == "visibility")
        read_visibility(value, at);
      else if (key == "version")
        read_words(value, at, kVersionMax, out_.version);
      else if (key == "inputs")
        read_inputs(value);
      else if (key == "services")
        read_services(value);
      else if (key != "ingress")
        faults_.add(at, "is not a known key");
    }
    for (const char* key : {"displayName", "description", "services"}) require(root, "", key);
    // After the services, whatever the order in the file.
    if (const Json* ingress = root.find("ingress")) read_ingress(*ingress);
    check_references();
    return std::move(out_);
  }

 private:
  void require(const Json& object, const std::string& pointer, const std::string& key) {
    if (object.find(key) == nullptr) faults_.add(pointer + "/" + key, "is required");
  }

  void read_words(const Json& value, const std::string& at, std::size_t max, std::string& out) {
    const std::string* text = read_text(value, at, faults_);
    if (text == nullptr) return;
    if (const auto fine = check_text(*text, max); !fine) faults_.add(at, fine.error().message);
    out = *text;
  }

  void read_description(const Json& value, const std::string& at, std::string& out) {
    const std::string* text = read_text(value, at, faults_);
    if (text == nullptr) return;
    if (const auto fine = check_description(*text); !fine) faults_.add(at, fine.error().message);
    out = *text;
  }

  void read_visibility(const Json& value, const std::string& at) {
    const std::string* text = read_text(value, at, faults_);
    if (text == nullptr) return;
    for (const Visibility v :
         {Visibility::private_, Visibility::team, Visibility::org, Visibility::public_})
      if (name(v) == *text) {
        out_.visibility = v;
        return;
      }
    faults_.add(at, "must be private, team, org or public");
  }

  void read_inputs(const Json& value) {
    if (!is_list(value, kInputsMax, "/inputs", faults_)) return;
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      const std::string at = "/inputs/" + std::to_string(i);
      const Json& item = value.as_array()[i];
      if (is_object(item, at, faults_)) read_input(item, at);
    }
  }

  void read_input(const Json& item, const std::string& pointer) {
    TemplateInput input;
    for (const auto& [key, value] : item.members()) {
      const std::string at = pointer + pointer_token(key);
      if (key == "name") {
        const std::string* text = read_text(value, at, faults_);
        if (text == nullptr) continue;
        if (const auto fine = check_env_name(*text); !fine) faults_.add(at, fine.error().message);
        if (out_.input(*text) != nullptr) faults_.add(at, "occurs twice");
        input.name = *text;
      } else if (key == "description") {
        read_description(value, at, input.description);
      } else if (key == "required") {
        read_bool(value, at, faults_, input.required);
      } else if (key == "secret") {
        read_bool(value, at, faults_, input.secret);
      } else if (key == "default") {
        const std::string* text = read_text(value, at, faults_);
        if (text != nullptr && check_env_value(*text, at, faults_)) input.fallback = *text;
      } else if (key == "generate") {
        read_generate(value, at, input);
      } else {
        faults_.add(at, "is not a known key");
      }
    }
    require(item, pointer, "name");
    const bool has_default = item.find("default") != nullptr;
    const bool has_generate = item.find("generate") != nullptr;
    if (input.secret && has_default)
      faults_.add(pointer + "/default", "would be known to everybody; a secret can be generated");
    if (!input.secret && has_generate)
      faults_.add(pointer + "/generate", "is for inputs with secret: true");
    if (input.required && (has_default || has_generate))
      faults_.add(pointer + "/required", "cannot stand beside default or generate");
    out_.inputs.push_back(std::move(input));
  }

  void read_generate(const Json& value, const std::string& pointer, TemplateInput& input) {
    if (!is_object(value, pointer, faults_)) return;
    for (const auto& [key, item] : value.members()) {
      std::int64_t length = 0;
      if (key != "length")
        faults_.add(pointer + pointer_token(key), "is not a known key");
      else if (read_integer(item, kGenerateMin, kGenerateMax, pointer + "/length", faults_, length))
        input.generate_length = static_cast<std::size_t>(length);
    }
    require(value, pointer, "length");
  }

  void read_services(const Json& value) {
    if (!is_list(value, kServicesMax, "/services", faults_)) return;
    if (value.as_array().empty()) faults_.add("/services", "must not be empty");
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      const std::string at = "/services/" + std::to_string(i);
      const Json& item = value.as_array()[i];
      if (is_object(item, at, faults_)) read_service(item, at);
    }
  }

  void read_service(const Json& item, const std::string& pointer) {
    TemplateService out;
    Service& service = out.service;
    for (const auto& [key, value] : item.members()) {
      const std::string at = pointer + pointer_token(key);
      if (key == "name")
        read_service_name(value, at, service);
      else if (key == "volumes")
        read_volumes(service, value, at, faults_);
      else if (!read_service_field(service, key, value, at, Writing::whole, faults_))
        faults_.add(at, "is not a known key");
    }
    read_scaling(service, item, pointer, Writing::whole, faults_);
    require(item, pointer, "name");
    require(item, pointer, "image");
    check_service(service, pointer, faults_);
    for (const auto& [key, raw] : service.env)
      if (auto text = cut(raw, pointer + "/env" + pointer_token(key))) out.env.emplace(key, *text);
    for (std::size_t i = 0; i < service.args.size(); ++i)
      if (auto text = cut(service.args[i], fmt::format("{}/args/{}", pointer, i)))
        out.args.push_back(*text);
    service.env.clear();
    service.args.clear();
    out_.services.push_back(std::move(out));
    pointers_.push_back(pointer);
  }

  void read_service_name(const Json& value, const std::string& at, Service& service) {
    const std::string* text = read_text(value, at, faults_);
    if (text == nullptr) return;
    if (const auto fine = check_label(*text, kServiceNameMax); !fine)
      faults_.add(at, fine.error().message);
    if (find_service(*text) != nullptr) faults_.add(at, "occurs twice");
    service.name = *text;
  }

  std::optional<TemplateText> cut(const std::string& raw, const std::string& at) {
    auto text = parse_template_text(raw);
    if (text) return std::move(*text);
    faults_.add(at, text.error().message);
    return std::nullopt;
  }

  void read_ingress(const Json& value) {
    if (!is_object(value, "/ingress", faults_)) return;
    TemplateIngress ingress;
    std::int64_t port = 0;
    for (const auto& [key, item] : value.members()) {
      const std::string at = "/ingress" + pointer_token(key);
      if (key == "service") {
        if (const std::string* text = read_text(item, at, faults_)) ingress.service = *text;
      } else if (key == "port") {
        if (read_integer(item, 1, 65535, at, faults_, port)) ingress.port = static_cast<int>(port);
      } else {
        faults_.add(at, "is not a known key");
      }
    }
    require(value, "/ingress", "service");
    require(value, "/ingress", "port");
    if (!ingress.service.empty()) check_ingress(ingress);
    out_.ingress = std::move(ingress);
  }

  void check_ingress(const TemplateIngress& ingress) {
    const Service* service = find_service(ingress.service);
    if (service == nullptr) {
      faults_.add("/ingress/service", "is no service of this template");
      return;
    }
    if (ingress.port != 0 && service->port != ingress.port)
      faults_.add("/ingress/port", "must be the port of the service");
    // A deployment that is made internal and then public again finds its ingress by this rule.
    const auto first = std::ranges::find_if(
        out_.services, [](const TemplateService& s) { return s.service.port.has_value(); });
    if (service->port && &first->service != service)
      faults_.add("/ingress/service", "must be the first service with a port");
  }

  void check_references() {
    for (std::size_t i = 0; i < out_.services.size(); ++i) {
      for (const auto& [key, text] : out_.services[i].env)
        check_text_parts(text, pointers_[i] + "/env" + pointer_token(key), "");
      for (std::size_t k = 0; k < out_.services[i].args.size(); ++k)
        check_text_parts(out_.services[i].args[k], fmt::format("{}/args/{}", pointers_[i], k),
                         "must not hold a secret, because arguments can be read by others");
    }
  }

  // `secret_refusal`: what to say of a secret input; empty where one may stand.
  void check_text_parts(const TemplateText& text, const std::string& at,
                        std::string_view secret_refusal) {
    for (const TemplateText::Part& part : text.parts) {
      if (part.kind == TemplateText::Kind::input) {
        const TemplateInput* input = out_.input(part.text);
        if (input == nullptr)
          faults_.add(at, fmt::format("refers to the input {}, which is not there", part.text));
        else if (input->secret && !secret_refusal.empty())
          faults_.add(at, std::string(secret_refusal));
      } else if (part.kind == TemplateText::Kind::service_host) {
        const Service* service = find_service(part.text);
        if (service == nullptr)
          faults_.add(at, fmt::format("refers to the service {}, which is not there", part.text));
        else if (!service->port)
          faults_.add(at, fmt::format("refers to the host of {}, which has no port", part.text));
      }
    }
  }

  const Service* find_service(std::string_view wanted) const {
    for (const TemplateService& s : out_.services)
      if (s.service.name == wanted) return &s.service;
    return nullptr;
  }

  Faults& faults_;
  Template out_;
  std::vector<std::string> pointers_;  // Of the services in `out_`; a service that is no object
                                       // has none.
};

}  // namespace

Result<Template> parse_template(std::string_view name, std::string_view yaml) {
  KS_TRY(const Yaml document, parse_yaml(yaml));
  Faults faults;
  Template out = Reader(faults).read(document.value);
  if (!faults.empty()) {
    std::vector<Fault> list = faults.take();
    for (Fault& fault : list)
      fault.message = fmt::format("{}: {}", to_text(document.mark(fault.pointer)), fault.message);
    return invalid(std::move(list));
  }
  out.name = name;
  if (out.version.empty()) out.version = hex(sha256(yaml)).substr(0, 12);
  return out;
}

TemplateCatalogue::TemplateCatalogue(std::vector<Template> templates)
    : templates_(std::move(templates)) {
  std::ranges::sort(templates_, {}, &Template::name);
}

TemplateCatalogue TemplateCatalogue::system() {
  std::vector<Template> out;
  for (const auto& file : embedded::system_templates()) {
    const std::string_view name = file.path.substr(0, file.path.rfind('.'));
    auto parsed = parse_template(name, file.text);
    if (!parsed)
      KS_ASSERT_MSG(false, fmt::format("{}: {}", file.path,
                                       parsed.error().faults.empty()
                                           ? parsed.error().message
                                           : parsed.error().faults[0].pointer + " " +
                                                 parsed.error().faults[0].message));
    out.push_back(std::move(*parsed));
  }
  return TemplateCatalogue(std::move(out));
}

const Template* TemplateCatalogue::find(std::string_view name) const {
  const auto at = std::ranges::find(templates_, name, &Template::name);
  return at == templates_.end() ? nullptr : &*at;
}

}  // namespace ks
