#include "api/pages/docs_page.hpp"

#include <doctest/doctest.h>

#include "base/yaml.hpp"
#include "embedded/contract.hpp"

using namespace ks;

namespace {
Json contract() {
  auto yaml = parse_yaml(embedded::contract().front().text, YamlLimits{std::size_t{1} << 20, 64});
  REQUIRE_MESSAGE(yaml.has_value(), yaml.error().message);
  return std::move(yaml->value);
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++n;
  return n;
}
}  // namespace

TEST_CASE("the reference page has every operation of the contract, with its own anchor") {
  const Json api = contract();
  const std::string page = api::docs_page(api);
  std::size_t operations = 0;
  for (const auto& [path, item] : api.at("paths").members())
    for (const auto& [method, op] : item.members()) {
      if (!op.is_object()) continue;
      ++operations;
      CAPTURE(path);
      CHECK(count(page, "<section class=\"op\" id=\"" + std::string(op.text("operationId")) +
                            "\">") == 1);
      CHECK(count(page, "href=\"#" + std::string(op.text("operationId")) + "\"") == 1);
    }
  CHECK(operations > 25);
  CHECK(count(page, "<section class=\"op\"") == operations);
}

namespace {
void check_no_nulls(const Json& value, const std::string& at) {
  if (value.is_object())
    for (const auto& [name, member] : value.members()) {
      CAPTURE(at + "/" + name);
      if (name == "example") continue;
      CHECK_FALSE(member.is_null());
      check_no_nulls(member, at + "/" + name);
    }
  else if (value.is_array())
    for (const Json& item : value.as_array()) check_no_nulls(item, at + "/-");
}
}  // namespace

TEST_CASE("no text of the contract lost its end to a comma of YAML's short form") {
  check_no_nulls(contract(), "");
}

TEST_CASE("every link within the reference page leads somewhere") {
  const std::string page = api::docs_page(contract());
  for (std::size_t at = page.find("href=\"#"); at != std::string::npos;
       at = page.find("href=\"#", at + 1)) {
    const std::string target = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    CAPTURE(target);
    CHECK(count(page, " id=\"" + target + "\"") == 1);
  }
}

TEST_CASE(
    "no text of the contract becomes markup, and the page has no script or style of its own") {
  constexpr std::string_view kEvil = "<script>alert('&')</script>\"><b onclick=\"x\">`<i>`";
  Json op = Json::object({{"operationId", kEvil},
                          {"tags", Json::array({kEvil})},
                          {"summary", kEvil},
                          {"description", kEvil},
                          {"x-audience", kEvil},
                          {"x-action", kEvil}});
  const Json schema = Json::object(
      {{"type", kEvil},
       {"format", kEvil},
       {"description", kEvil},
       {"properties",
        Json::object({{std::string(kEvil), Json::object({{"enum", Json::array({kEvil})}})}})},
       {"required", Json::array({kEvil})}});
  const Json content = Json::object(
      {{std::string(kEvil), Json::object({{"schema", Json::object({{"$ref", kEvil}})},
                                          {"example", Json::object({{"x", kEvil}})}})}});
  op.set("parameters",
         Json::array({Json::object({{"name", kEvil}, {"in", kEvil}, {"description", kEvil}})}));
  op.set("requestBody", Json::object({{"description", kEvil}, {"content", content}}));
  op.set("responses",
         Json::object(
             {{std::string(kEvil),
               Json::object({{"description", kEvil},
                             {"headers", Json::object({{std::string(kEvil),
                                                        Json::object({{"description", kEvil}})}})},
                             {"content", content}})}}));
  const std::string page = api::docs_page(Json::object(
      {{"info", Json::object({{"title", kEvil}, {"version", kEvil}, {"description", kEvil}})},
       {"tags", Json::array({Json::object({{"name", kEvil}, {"description", kEvil}})})},
       {"paths", Json::object({{std::string(kEvil), Json::object({{std::string(kEvil), op}})}})},
       {"components", Json::object({{"schemas", Json::object({{std::string(kEvil), schema}})}})}}));
  CHECK(count(page, "&lt;script&gt;") > 20);
  for (const char* never : {"<script", "<b ", "<i>", "onclick=\"", "<style", "style=\""}) {
    CAPTURE(never);
    CHECK(count(page, never) == 0);
  }
}
