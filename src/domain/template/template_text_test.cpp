#include "domain/template/template_text.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace ks {

namespace {
using Kind = TemplateText::Kind;

std::string shown(const TemplateText& text) {
  std::string out;
  for (const auto& part : text.parts) {
    if (part.kind == Kind::text)
      out += "(" + part.text + ")";
    else
      out += (part.kind == Kind::input ? "@" : "#") + part.text;
  }
  return out;
}

}  // namespace

TEST_CASE("a text is cut at its references") {
  // Parts as text: (words), @input, #service.
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"plain", "(plain)"},
      {"${inputs.A}", "@A"},
      {"${services.db.host}", "#db"},
      {"a${inputs.A}b${services.x-1.host}", "(a)@A(b)#x-1"},
      {"${inputs.A}${inputs.A}", "@A@A"},
      {"$${inputs.A}", "(${inputs.A})"},
      {"$$${inputs.A}", "($${inputs.A})"},
      {"$$", "($$)"},
      {"$5 {x} }", "($5 {x} })"},
      {"cost: $", "(cost: $)"},
  };
  for (const auto& [text, wanted] : cases) {
    CAPTURE(text);
    const auto got = parse_template_text(text);
    REQUIRE(got);
    CHECK(shown(*got) == wanted);
  }
}

TEST_CASE("a reference to anything else is refused") {
  for (const std::string text :
       {"${}", "${inputs}", "${inputs.}", "${inputs.1}", "${inputs.A-B}", "${inputs.A", "${",
        "${services.db}", "${services.db.port}", "${services..host}", "${services.host}",
        "${services.DB.host}", "${env.HOME}", "${HOME}", "${ inputs.A }", "${inputs.${inputs.A}}",
        "${inputs.A.B}", "${deployments.db.host}"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_template_text(text));
  }
}

TEST_CASE("a text whose openings are escaped is itself again") {
  CHECK(rc::check([] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::element('$', '{', '}', 'a', '.', '\\'));
    // A '$' in front of an opening would be taken for its escape.
    RC_PRE(text.find("$${") == std::string::npos);
    std::string escaped;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.compare(i, 2, "${") == 0) escaped += '$';
      escaped += text[i];
    }
    const auto got = parse_template_text(escaped);
    RC_ASSERT(got.has_value());
    std::string joined;
    for (const auto& part : got->parts) {
      RC_ASSERT(part.kind == Kind::text);
      joined += part.text;
    }
    RC_ASSERT(joined == text);
  }));
}

}  // namespace ks
