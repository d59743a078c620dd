#include "base/yaml.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace ks {

namespace {

Json value_of(std::string_view text) {
  auto parsed = parse_yaml(text);
  REQUIRE_MESSAGE(parsed, std::string(text) << " -> " << (parsed ? "" : parsed.error().message));
  return parsed->value;
}

std::string refusal_of(std::string_view text) {
  const auto parsed = parse_yaml(text);
  REQUIRE_MESSAGE(!parsed, std::string(text));
  CHECK(parsed.error().code == Error::Code::invalid);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("a plain scalar gets the type of the YAML 1.2 core schema") {
  const std::vector<std::pair<std::string, Json>> cases = {
      {"null", Json()},
      {"~", Json()},
      {"Null", Json()},
      {"nULL", "nULL"},
      {"true", true},
      {"TRUE", true},
      {"False", false},
      {"tRue", "tRue"},
      {"yes", "yes"},
      {"no", "no"},
      {"on", "on"},
      {"0", 0},
      {"-7", -7},
      {"+7", 7},
      {"007", 7},
      {"0o17", 15},
      {"0o18", "0o18"},
      {"0xff", 255},
      {"0xFG", "0xFG"},
      {"-0x1", "-0x1"},
      {"1_000", "1_000"},
      {"12:30:45", "12:30:45"},
      {"9223372036854775807", std::int64_t{9223372036854775807}},
      {"1.5", 1.5},
      {".5", 0.5},
      {"5.", 5.0},
      {"1e3", 1000.0},
      {"1.e+2", 100.0},
      {"-1.25E-2", -0.0125},
      {"1e", "1e"},
      {".", "."},
      {"1.2.3", "1.2.3"},
      {"500m", "500m"},
      {"2001-12-14", "2001-12-14"},
      {"a b", "a b"},
  };
  for (const auto& [text, wanted] : cases) {
    CAPTURE(text);
    const Json got = value_of(text);
    CHECK(got == wanted);
    CHECK(got.is_double() == wanted.is_double());
    CHECK(got.is_int() == wanted.is_int());
    // In quotes everything is text.
    CHECK(value_of("'" + text + "'") == Json(text));
    CHECK(value_of("\"" + text + "\"") == Json(text));
    // The same inside a container.
    CHECK(value_of("[" + text + "]") == Json::array({wanted}));
  }
}

TEST_CASE("maps, lists and block scalars become the tree that they show") {
  const Json got = value_of(
      "a: 1\n"
      "b:\n"
      "  - x\n"
      "  - {c: \"2\", d: }\n"
      "e: |\n"
      "  12\n"
      "  34\n"
      "f: >-\n"
      "  one\n"
      "  two\n"
      "1: key\n"
      "g: ~\n"
      "'': empty\n");
  CHECK(got == Json::object({{"a", 1},
                             {"b", Json::array({"x", Json::object({{"c", "2"}, {"d", Json()}})})},
                             {"e", "12\n34\n"},
                             {"f", "one two"},
                             {"1", "key"},
                             {"g", Json()},
                             {"", "empty"}}));
  CHECK(value_of("") == Json());
  CHECK(value_of("# only a comment\n") == Json());
  CHECK(value_of("---\na: 1\n...\n") == Json::object({{"a", 1}}));
  CHECK(value_of("ü: \"\\u00e9\\x41\"") == Json::object({{"ü", "éA"}}));
}

TEST_CASE("what surprises or explodes is refused with its line and column") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a: 1\nb: 2\na: 3\n", "line 3, column 1: the key \"a\" occurs twice"},
      {"x: {k: 1, 'k': 2}", "line 1, column 11: the key \"k\" occurs twice"},
      {"a: &x 1\n", "line 1, column 4: anchors and aliases are not supported"},
      {"a: &x [1]\nb: *x\n", "line 1, column 4: anchors and aliases are not supported"},
      {"a: &x {b: 1}\n", "line 1, column 4: anchors and aliases are not supported"},
      {"a: &x\n", "line 1, column 4: anchors and aliases are not supported"},
      {"a: !!str 1\n", "line 1, column 4: tags are not supported"},
      {"a: !thing {b: 1}\n", "line 1, column 4: tags are not supported"},
      {"? [1, 2]\n: x\n", "line 1, column 3: a key that is no text"},
      {"? {a: 1}\n: x\n", "line 1, column 3: a key that is no text"},
      {"~: x\n", "line 1, column 1: a key that is no text"},
      {"ü: 'ö\nb: 2\n", "line 1, column 4: a text without its closing quote"},
      {"ü: \"ö\\\"\n", "line 1, column 4: a text without its closing quote"},
      {"ü: 'it''s'\nü: 1\n", "line 2, column 1: the key \"ü\" occurs twice"},
      {"ü: [\"ö\", &a 1]\n", "line 1, column 10: anchors and aliases are not supported"},
      {"a: 1\n---\nb: 2\n", "line 2, column 1: a second document"},
      {"a: 9223372036854775808\n", "line 1, column 4: a number that does not fit 64 bits"},
      {"a: 0xffffffffffffffff\n", "line 1, column 4: a number that does not fit 64 bits"},
      {"a: .inf\n", "line 1, column 4: a number that is not finite"},
      {"a: -.INF\n", "line 1, column 4: a number that is not finite"},
      {"a: .nan\n", "line 1, column 4: a number that is not finite"},
      {"a: 1e999\n", "line 1, column 4: a number that does not fit a double"},
      {std::string("a: b\nc: \0\n", 10), "line 2, column 4: a control character"},
      {"a: \x1b[0m\n", "line 1, column 4: a control character"},
      {"a: \xff\n", "line 1, column 1: not valid UTF-8"},
      {std::string("\xff\xfe"
                   "a\0",
                   4),
       "line 1, column 1: not valid UTF-8"},
  };
  for (const auto& [text, wanted] : cases) {
    CAPTURE(text);
    CHECK(refusal_of(text) == wanted);
  }
}

TEST_CASE("malformed YAML is refused with its line") {
  for (const std::string text :
       {"a: [1, 2\n", "a: 'x\n", "a: \"\\q\"\n", "a:\n\t- x\n", "a: b: c\n", "a: 1\n b: 2\n", "}",
        "a: *nobody\n", "%YAML 1.2 x\n---\na\n"}) {
    CAPTURE(text);
    CHECK(refusal_of(text).starts_with("line "));
  }
}

TEST_CASE("a document may be 64 KiB and 32 levels, and no more") {
  CHECK(parse_yaml(std::string(64 * 1024, 'a')));
  CHECK(refusal_of(std::string(64 * 1024 + 1, 'a')) == "line 1, column 1: longer than 65536 bytes");
  CHECK(parse_yaml(std::string(32, '[') + std::string(32, ']')));
  CHECK(refusal_of(std::string(33, '[') + std::string(33, ']')) ==
        "line 1, column 33: nested deeper than 32 levels");
  CHECK(refusal_of(std::string(60'000, '[')).starts_with("line "));
  CHECK(refusal_of(std::string(60'000, '{')).starts_with("line "));
  std::string block;
  for (int i = 0; i < 40; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(refusal_of(block).find("nested deeper than 32 levels") != std::string::npos);
}

TEST_CASE("a value's place is found by its pointer, and that of what is missing by its parent's") {
  const auto parsed = parse_yaml("a: 1\nlist:\n  - x\n  - b/c: 2\n");
  REQUIRE(parsed);
  CHECK(to_text(parsed->mark("/a")) == "line 1, column 4");
  CHECK(to_text(parsed->mark("/list")) == "line 3, column 3");
  CHECK(to_text(parsed->mark("/list/0")) == "line 3, column 5");
  CHECK(to_text(parsed->mark("/list/1/b~1c")) == "line 4, column 10");
  CHECK(to_text(parsed->mark("/list/1/none/deeper")) == "line 4, column 5");
  CHECK(to_text(parsed->mark("/nothing")) == "line 1, column 1");
  CHECK(to_text(parsed->mark("")) == "line 1, column 1");
}

}  // namespace ks
