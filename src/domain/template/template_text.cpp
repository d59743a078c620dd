#include "domain/template/template_text.hpp"

#include <utility>

#include "domain/name.hpp"

namespace ks {

namespace {

Result<TemplateText::Part> parse_reference(std::string_view text) {
  constexpr std::string_view kInputs = "inputs.";
  constexpr std::string_view kServices = "services.";
  constexpr std::string_view kHost = ".host";
  if (text.starts_with(kInputs)) {
    const std::string_view name = text.substr(kInputs.size());
    if (check_env_name(name))
      return TemplateText::Part{TemplateText::Kind::input, std::string(name)};
  } else if (text.starts_with(kServices) && text.ends_with(kHost) &&
             text.size() > kServices.size() + kHost.size()) {
    const std::string_view name =
        text.substr(kServices.size(), text.size() - kServices.size() - kHost.size());
    if (check_label(name, 63))
      return TemplateText::Part{TemplateText::Kind::service_host, std::string(name)};
  }
  return invalid(
      "may only refer to ${inputs.NAME} and ${services.NAME.host}; $${ stands for ${ itself");
}

}  // namespace

Result<TemplateText> parse_template_text(std::string_view text) {
  TemplateText out;
  std::string plain;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("$${")) {
      plain += "${";
      i += 3;
      continue;
    }
    if (!text.substr(i).starts_with("${")) {
      plain += text[i++];
      continue;
    }
    const std::size_t end = text.find('}', i);
    if (end == std::string_view::npos) return invalid("has a reference without its closing '}'");
    KS_TRY(TemplateText::Part part, parse_reference(text.substr(i + 2, end - i - 2)));
    if (!plain.empty())
      out.parts.push_back({TemplateText::Kind::text, std::exchange(plain, std::string())});
    out.parts.push_back(std::move(part));
    i = end + 1;
  }
  if (!plain.empty()) out.parts.push_back({TemplateText::Kind::text, std::move(plain)});
  return out;
}

}  // namespace ks
