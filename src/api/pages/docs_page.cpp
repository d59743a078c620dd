#include "api/pages/docs_page.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "api/admission/admission.hpp"
#include "api/api.hpp"
#include "api/pages/problem_pages.hpp"
#include "embedded/docs_style.hpp"

namespace ks::api {

namespace {

constexpr std::string_view kReference = "#/components/";

std::string escaped(std::string_view text) {
  constexpr std::string_view kSpecial = "&<>\"'";
  constexpr std::array<std::string_view, 5> kNames = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (const std::size_t at = kSpecial.find(c); at != std::string_view::npos)
      out += kNames[at];
    else
      out += c;
  }
  return out;
}

// Paragraphs, and `code` between backticks.
std::string prose(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    std::string_view paragraph = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    out += "<p>";
    for (bool code = false; !paragraph.empty(); code = !code) {
      const std::size_t tick = std::min(paragraph.find('`'), paragraph.size());
      const std::string part = escaped(paragraph.substr(0, tick));
      out += code ? "<code>" + part + "</code>" : part;
      paragraph.remove_prefix(std::min(tick + 1, paragraph.size()));
    }
    out += "</p>";
  }
  return out;
}

void indented(const Json& value, std::size_t depth, std::string& out) {
  const std::string inner(2 * (depth + 1), ' ');
  const std::string outer(2 * depth, ' ');
  if (value.is_object() && !value.members().empty()) {
    out += "{\n";
    bool first = true;
    for (const auto& [name, member] : value.members()) {
      if (!first) out += ",\n";
      first = false;
      out += inner;
      append_json_string(out, name);
      out += ": ";
      indented(member, depth + 1, out);
    }
    out += "\n" + outer + "}";
  } else if (value.is_array() && !value.as_array().empty()) {
    out += "[\n";
    bool first = true;
    for (const Json& item : value.as_array()) {
      if (!first) out += ",\n";
      first = false;
      out += inner;
      indented(item, depth + 1, out);
    }
    out += "\n" + outer + "]";
  } else {
    out += value.dump();
  }
}

std::string last_part(std::string_view reference) {
  return std::string(reference.substr(reference.rfind('/') + 1));
}

class Page {
 public:
  explicit Page(const Json& contract) : contract_(contract) {}
  std::string render();

 private:
  struct Operation {
    std::string method;
    std::string path;
    const Json* item;
    const Json* json;
    std::string id() const { return std::string(json->text("operationId")); }
  };
  using Operations = std::vector<Operation>;

  // What a $ref leads to, or the value itself.
  const Json& resolved(const Json& value) const;
  Operations of_tag(std::string_view tag) const;
  std::string kind(const Json& schema) const;
  std::string limits(const Json& schema) const;
  void field(std::string_view name, const Json& schema, bool required);
  void fields(const Json& schema);
  void parameters(const Operation& op);
  void content(const Json& holder);
  void responses(const Operation& op);
  void operation(const Operation& op);
  void navigation();
  void schemas();

  const Json& contract_;
  std::string out_;
};

const Json& Page::resolved(const Json& value) const {
  const std::string_view reference = value.text("$ref");
  if (!reference.starts_with(kReference)) return value;
  const std::string_view rest = reference.substr(kReference.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const Json& found = contract_.at("components", rest.substr(0, slash),
                                   rest.substr(std::min(slash + 1, rest.size())));
  return found.is_null() ? value : found;
}

Page::Operations Page::of_tag(std::string_view tag) const {
  Operations out;
  if (!contract_.at("paths").is_object()) return out;
  for (const auto& [path, item] : contract_.at("paths").members()) {
    if (!item.is_object()) continue;
    for (const auto& [method, op] : item.members()) {
      const Json& tags = op.at("tags");
      if (tags.is_array() && std::ranges::find(tags.as_array(), Json(tag)) != tags.as_array().end())
        out.push_back({method, path, &item, &op});
    }
  }
  return out;
}

// The type in one line of HTML.
std::string Page::kind(const Json& schema) const {
  if (const std::string_view reference = schema.text("$ref"); !reference.empty()) {
    const std::string name = escaped(last_part(reference));
    return "<a href=\"#schema-" + name + "\">" + name + "</a>";
  }
  for (const char* choice : {"oneOf", "anyOf"})
    if (const Json& options = schema.at(choice); options.is_array()) {
      std::string out;
      for (const Json& option : options.as_array())
        out += (out.empty() ? "" : " or ") + kind(option);
      return out;
    }
  if (const Json* only = schema.find("const")) return "<code>" + escaped(only->dump()) + "</code>";
  if (const Json& options = schema.at("enum"); options.is_array()) {
    std::string out;
    for (const Json& option : options.as_array())
      out += (out.empty() ? "" : ", ") + ("<code>" + escaped(option.dump()) + "</code>");
    return "one of " + out;
  }
  if (schema.text("type") == "array") return "list of " + kind(schema.at("items"));
  std::string type;
  if (schema.at("type").is_array()) {
    for (const Json& one : schema.at("type").as_array())
      if (one.is_string()) type += (type.empty() ? "" : " or ") + escaped(one.as_string());
  } else {
    type = escaped(schema.text("type"));
  }
  if (const std::string_view format = schema.text("format"); !format.empty())
    type += " (" + escaped(format) + ")";
  if (const Json& values = schema.at("additionalProperties");
      values.is_object() && !schema.at("properties").is_object())
    type += " of " + kind(values);
  return type;
}

std::string Page::limits(const Json& schema) const {
  std::string out;
  const auto add = [&](std::string_view least, std::string_view most, std::string_view of) {
    const Json* from = schema.find(least);
    const Json* to = schema.find(most);
    if (from == nullptr && to == nullptr) return;
    out += out.empty() ? "" : ", ";
    if (from != nullptr && to != nullptr)
      out += from->dump() + " to " + to->dump();
    else
      out += from != nullptr ? "at least " + from->dump() : "at most " + to->dump();
    out += of;
  };
  add("minimum", "maximum", "");
  add("minLength", "maxLength", " characters");
  add("minItems", "maxItems", " items");
  if (const Json* fallback = schema.find("default"))
    out += (out.empty() ? "" : ", ") + ("default " + fallback->dump());
  return escaped(out);
}

void Page::field(std::string_view name, const Json& schema, bool required) {
  out_ += "<dt><code>" + escaped(name) + "</code><span class=\"kind\">" + kind(schema) + "</span>";
  if (required) out_ += "<span class=\"must\">required</span>";
  out_ += "</dt>";
  std::string text(schema.text("description"));
  const std::string bounds = limits(schema);
  if (!text.empty() || !bounds.empty())
    out_ += "<dd>" + escaped(text) + (text.empty() || bounds.empty() ? "" : " ") +
            (bounds.empty() ? "" : "(" + bounds + ")") + "</dd>";
  // Objects without a name of their own show their fields here.
  const Json& nested = schema.text("type") == "array" ? schema.at("items") : schema;
  if (nested.text("$ref").empty() && nested.at("properties").is_object()) {
    out_ += "<dd>";
    fields(nested);
    out_ += "</dd>";
  }
}

void Page::fields(const Json& schema) {
  const Json& properties = schema.at("properties");
  if (!properties.is_object()) return;
  const Json& needed = schema.at("required");
  out_ += "<dl>";
  for (const auto& [name, property] : properties.members()) {
    const bool required =
        needed.is_array() && std::ranges::find(needed.as_array(), Json(std::string_view(name))) !=
                                 needed.as_array().end();
    field(name, property, required);
  }
  out_ += "</dl>";
}

void Page::parameters(const Operation& op) {
  std::vector<const Json*> all;
  for (const Json* holder : {op.item, op.json})
    if (const Json& list = holder->at("parameters"); list.is_array())
      for (const Json& one : list.as_array()) all.push_back(&resolved(one));
  if (all.empty()) return;
  out_ += "<h4>Parameters</h4><dl>";
  for (const Json* one : all) {
    out_ += "<dt><code>" + escaped(one->text("name")) + "</code><span class=\"kind\">" +
            escaped(one->text("in")) + ", " + kind(one->at("schema")) + "</span>";
    if (one->at("required").is_bool() && one->at("required").as_bool())
      out_ += "<span class=\"must\">required</span>";
    const std::string bounds = limits(one->at("schema"));
    out_ += "</dt><dd>" + escaped(one->text("description")) +
            (bounds.empty() ? "" : " (" + bounds + ")") + "</dd>";
  }
  out_ += "</dl>";
}

// Media types with their schemas, and the first example.
void Page::content(const Json& holder) {
  const Json& types = holder.at("content");
  if (!types.is_object()) return;
  for (const auto& [type, body] : types.members()) {
    out_ += "<div class=\"quiet\"><code>" + escaped(type) + "</code> " + kind(body.at("schema")) +
            "</div>";
    const Json* example = body.find("example");
    if (example == nullptr) continue;
    std::string text;
    if (example->is_string())
      text = example->as_string();
    else
      indented(*example, 0, text);
    out_ += "<details><summary>Example</summary><pre tabindex=\"0\">" + escaped(text) +
            "</pre></details>";
  }
}

void Page::responses(const Operation& op) {
  const Json& all = op.json->at("responses");
  if (!all.is_object()) return;
  out_ += "<h4>Answers</h4><dl>";
  for (const auto& [status, given] : all.members()) {
    const Json& response = resolved(given);
    out_ +=
        "<dt><code>" + escaped(status) + "</code></dt><dd>" + escaped(response.text("description"));
    if (const Json& headers = response.at("headers"); headers.is_object())
      for (const auto& [name, header] : headers.members())
        out_ += "<div><code>" + escaped(name) +
                "</code>: " + escaped(resolved(header).text("description")) + "</div>";
    content(response);
    out_ += "</dd>";
  }
  out_ += "</dl>";
}

void Page::operation(const Operation& op) {
  std::string method = op.method;
  std::ranges::transform(method, method.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  out_ += "<section class=\"op\" id=\"" + escaped(op.id()) + "\"><h3><span class=\"method " +
          escaped(op.method) + "\">" + escaped(method) + "</span><code>" + escaped(op.path) +
          "</code></h3><p><strong>" + escaped(op.json->text("summary")) + "</strong></p>" +
          prose(op.json->text("description"));
  out_ += "<p class=\"quiet\">For: " + escaped(op.json->text("x-audience"));
  if (const std::string_view action = op.json->text("x-action"); !action.empty())
    out_ += ", needs <code>" + escaped(action) + "</code>";
  out_ += "</p>";
  parameters(op);
  if (const Json* body = op.json->find("requestBody")) {
    const Json& request = resolved(*body);
    const bool required = request.at("required").is_bool() && request.at("required").as_bool();
    out_ += std::string("<h4>Body") + (required ? "" : " (optional)") + "</h4>" +
            prose(request.text("description"));
    content(request);
  }
  responses(op);
  out_ += "</section>";
}

void Page::navigation() {
  out_ += "<nav aria-label=\"Contents\"><p><strong>" + escaped(contract_.text("info", "title")) +
          "</strong></p>";
  for (const Json& tag : contract_.at("tags").as_array()) {
    out_ += "<h2>" + escaped(tag.text("name")) + "</h2><ul>";
    for (const Operation& op : of_tag(tag.text("name")))
      out_ += "<li><a href=\"#" + escaped(op.id()) + "\">" + escaped(op.json->text("summary")) +
              "</a></li>";
    out_ += "</ul>";
  }
  out_ += "<h2>Schemas</h2><ul><li><a href=\"#schemas\">All schemas</a></li></ul></nav>";
}

void Page::schemas() {
  out_ += "<h2 id=\"schemas\">Schemas</h2>";
  const Json& all = contract_.at("components", "schemas");
  if (!all.is_object()) return;
  for (const auto& [name, schema] : all.members()) {
    out_ += "<section class=\"schema\" id=\"schema-" + escaped(name) + "\"><h3><code>" +
            escaped(name) + "</code><span class=\"kind\">" + kind(schema) + "</span></h3>" +
            prose(schema.text("description"));
    if (const std::string bounds = limits(schema); !bounds.empty()) out_ += "<p>" + bounds + "</p>";
    fields(schema);
    if (const Json& options = schema.at("oneOf"); options.is_array())
      for (const Json& option : options.as_array()) fields(option);
    out_ += "</section>";
  }
}

std::string Page::render() {
  if (!contract_.at("tags").is_array()) return {};
  const std::string title = escaped(contract_.text("info", "title")) + " API";
  out_ =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>" +
      title +
      "</title><link rel=\"stylesheet\" href=\"/docs/api.css\"></head><body>"
      "<a class=\"skip\" href=\"#main\">To the content</a><div class=\"shell\">";
  navigation();
  out_ += "<main id=\"main\"><h1>" + title + "</h1><p class=\"quiet\">Version " +
          escaped(contract_.text("info", "version")) +
          ", also as <a href=\"/openapi.json\">OpenAPI 3.1</a></p>" +
          prose(contract_.text("info", "description"));
  for (const Json& tag : contract_.at("tags").as_array()) {
    out_ += "<h2>" + escaped(tag.text("name")) + "</h2>" + prose(tag.text("description"));
    for (const Operation& op : of_tag(tag.text("name"))) operation(op);
  }
  schemas();
  out_ += "</main></div></body></html>\n";
  return std::move(out_);
}

}  // namespace

std::string docs_page(const Json& contract) { return Page(contract).render(); }

void mount_docs(http::Router& raw, const Services& services) {
  auto json = std::make_shared<const std::string>(contract_json(services));
  const auto contract = parse_json(*json);
  KS_ASSERT_MSG(contract.has_value(), "the contract is not JSON");
  auto page = std::make_shared<const std::string>(docs_page(*contract));

  const auto serve = [&raw, &services](std::string_view path, std::string_view type,
                                       std::shared_ptr<const std::string> text) {
    raw.add(http::Method::get, path, http::RouteInfo{"anyone"},
            counted_by_address(services, [type, text = std::move(text)](http::Request&) {
              auto response = http::Response::of_kept(type, text);
              response.headers.set("Cache-Control", "no-cache");
              response.headers.set("Content-Security-Policy",
                                   "default-src 'none'; style-src 'self'; base-uri 'none'; "
                                   "form-action 'none'; frame-ancestors 'none'");
              return response;
            }));
  };
  mount_problem_pages(raw, services, *contract);
  serve("/openapi.json", "application/json", std::move(json));
  serve("/docs/api", "text/html; charset=utf-8", std::move(page));
  serve("/docs/api.css", "text/css; charset=utf-8",
        std::make_shared<const std::string>(embedded::docs_style().front().text));
}

}  // namespace ks::api
