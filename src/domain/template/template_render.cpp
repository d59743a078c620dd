#include "domain/template/template_render.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace ks {

namespace {

// Letters and digits only: such a value survives URLs, shells and configuration files unquoted.
// 32 of them are 190 bits.
std::string generate(Random& random, std::size_t length) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += kAlphabet[random.below(kAlphabet.size())];
  return out;
}

class Renderer {
 public:
  Renderer(const Template& from, std::string_view stem, Faults& faults)
      : from_(from), stem_(stem), faults_(faults) {}

  RenderedTemplate render(const Json* inputs, const std::string& pointer, Random& random) {
    read_inputs(inputs, pointer, random);
    // First, because the host of a service depends on how many there are.
    for (const TemplateService& s : from_.services) out_.workload.services.push_back(s.service);
    for (std::size_t i = 0; i < from_.services.size(); ++i)
      fill(out_.workload.services[i], from_.services[i], pointer);
    if (from_.ingress) out_.workload.ingress_service = from_.ingress->service;
    out_.workload.exposure = from_.ingress ? Exposure::public_ : Exposure::internal;
    check_size(pointer);
    return std::move(out_);
  }

 private:
  void read_inputs(const Json* inputs, const std::string& pointer, Random& random) {
    static const Json kNone = Json::object();
    if (inputs == nullptr) inputs = &kNone;
    if (!is_object(*inputs, pointer, faults_)) return;
    for (const auto& [key, value] : inputs->members()) {
      const std::string at = pointer + pointer_token(key);
      const TemplateInput* input = from_.input(key);
      if (input == nullptr) {
        faults_.add(at, "is not an input of this template");
        continue;
      }
      const std::string* text = read_text(value, at, faults_);
      if (text == nullptr || !check_env_value(*text, at, faults_)) continue;
      if (text->empty() && (input->required || input->generate_length > 0))
        faults_.add(at, "must not be empty");
      values_[key] = *text;
    }
    for (const TemplateInput& input : from_.inputs) {
      const bool given = inputs->find(input.name) != nullptr;
      if (!given && input.required) faults_.add(pointer + pointer_token(input.name), "is required");
      const bool made = !given && input.generate_length > 0;
      if (made) values_[input.name] = generate(random, input.generate_length);
      if (!given && !made) values_[input.name] = input.fallback.value_or("");
      if (input.secret) add_secret(input.name, values_[input.name], made);
    }
  }

  void add_secret(const std::string& key, const std::string& value, bool generated) {
    out_.secrets.push_back({key, value, generated});
    keys_.insert(key);
  }

  std::string resolve(const TemplateText& text) const {
    std::string out;
    for (const TemplateText::Part& part : text.parts) {
      switch (part.kind) {
        case TemplateText::Kind::text:
          out += part.text;
          break;
        case TemplateText::Kind::input:
          if (const auto at = values_.find(part.text); at != values_.end()) out += at->second;
          break;
        case TemplateText::Kind::service_host:
          out += object_name(stem_, out_.workload, part.text);
          break;
      }
    }
    return out;
  }

  bool is_secret(const TemplateText& text) const {
    return std::ranges::any_of(text.parts, [&](const TemplateText::Part& part) {
      if (part.kind != TemplateText::Kind::input) return false;
      const TemplateInput* input = from_.input(part.text);
      return input != nullptr && input->secret;
    });
  }

  void fill(Service& service, const TemplateService& from, const std::string& pointer) {
    for (const auto& [key, text] : from.env) {
      if (is_secret(text) && text.is_one_input()) {
        service.secret_env[key] = text.parts[0].text;
        continue;
      }
      const std::string value = resolve(text);
      if (!check_env_value(value, pointer, faults_)) continue;
      if (is_secret(text)) {
        const std::string secret = unused_key(service.name, key);
        add_secret(secret, value, false);
        service.secret_env[key] = secret;
      } else {
        service.env[key] = value;
      }
    }
    for (const TemplateText& text : from.args) {
      std::string value = resolve(text);
      if (check_env_value(value, pointer, faults_)) service.args.push_back(std::move(value));
    }
  }

  // A key for a variable that has a secret among other text: DATABASE_URL of service web.
  std::string unused_key(std::string_view service, std::string_view variable) const {
    std::string key = fmt::format("_{}_{}", service, variable).substr(0, 120);
    std::ranges::replace(key, '-', '_');
    std::string out = key;
    for (int n = 2; keys_.contains(out) || from_.input(out) != nullptr; ++n)
      out = fmt::format("{}_{}", key, n);
    return out;
  }

  void check_size(const std::string& pointer) {
    std::size_t bytes = 0;
    for (const DraftSecret& s : out_.secrets) bytes += s.name.size() + s.value.size();
    if (bytes > kEnvBytesMax || env_bytes(out_.workload) > kEnvBytesMax)
      faults_.add(pointer, fmt::format("take more than {} bytes in all", kEnvBytesMax));
  }

  const Template& from_;
  std::string_view stem_;
  Faults& faults_;
  RenderedTemplate out_;
  std::map<std::string, std::string, std::less<>> values_;
  std::set<std::string, std::less<>> keys_;
};

}  // namespace

RenderedTemplate render_template(const Template& from, const Json* inputs, std::string_view stem,
                                 const std::string& pointer, Random& random, Faults& faults) {
  return Renderer(from, stem, faults).render(inputs, pointer, random);
}

}  // namespace ks
