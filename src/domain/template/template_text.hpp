#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace ks {

// A template's text, cut at its references `${inputs.NAME}` and `${services.NAME.host}`; `$${` is
// the text `${`. It is cut once, when the template is read: what an input puts into it later is
// never looked at again, so a value that itself holds `${...}` stays as it is.
struct TemplateText {
  enum class Kind { text, input, service_host };
  struct Part {
    Kind kind;
    std::string text;  // The text itself, or the name that is referred to.
    friend bool operator==(const Part&, const Part&) = default;
  };
  std::vector<Part> parts;

  // True when the text is one reference to an input and nothing else.
  bool is_one_input() const { return parts.size() == 1 && parts[0].kind == Kind::input; }
};

// The error's message says what is wrong, without naming the field. Whether the names exist is the
// caller's to check.
Result<TemplateText> parse_template_text(std::string_view text);

}  // namespace ks
