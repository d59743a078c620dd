#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/deployment/workload.hpp"
#include "domain/template/template_text.hpp"

namespace ks {

// Who sees a template.
enum class Visibility { private_, team, org, public_ };
std::string_view name(Visibility visibility);

// A value that whoever deploys the template gives, or that is made for them.
struct TemplateInput {
  std::string name;  // As an environment variable is named.
  std::string description;
  bool required = false;
  bool secret = false;
  std::optional<std::string> fallback;  // The key `default`; never of a secret.
  std::size_t generate_length = 0;      // Not 0: random letters and digits when none is given.
};

// A service whose environment and arguments still have references. `service.env` and
// `service.args` are empty until the template is rendered.
struct TemplateService {
  Service service;
  std::map<std::string, TemplateText> env;
  std::vector<TemplateText> args;
};

struct TemplateIngress {
  std::string service;
  int port = 0;
};

// What a tenant can deploy without knowing images: a parsed and checked template.
struct Template {
  std::string name;
  std::string display_name;
  std::string description;
  std::string category;
  Visibility visibility = Visibility::private_;
  // As the file says, else 12 hexadecimal digits of its SHA-256.
  std::string version;
  std::vector<TemplateInput> inputs;
  std::vector<TemplateService> services;
  std::optional<TemplateIngress> ingress;

  const TemplateInput* input(std::string_view input_name) const;
};

// Reads a template. All faults at once, each with a JSON pointer and, in its message, line and
// column; unknown keys and references to what is not there are faults.
Result<Template> parse_template(std::string_view name, std::string_view yaml);

// Templates by name.
class TemplateCatalogue {
 public:
  explicit TemplateCatalogue(std::vector<Template> templates);
  // The templates that the program ships.
  static TemplateCatalogue system();

  // Ordered by name.
  std::span<const Template> list() const { return templates_; }
  // nullptr when there is none of that name.
  const Template* find(std::string_view name) const;

 private:
  std::vector<Template> templates_;
};

}  // namespace ks
