// A tenant's text in every field of every template that the product ships, by way of its inputs and
// in place of what it says itself. What goes to the cluster differs in the leaf that the text is
// for and in nothing else: no member, no item and no other leaf comes or goes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "domain/deployment/quantity.hpp"
#include "domain/template/template_render.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/sample.hpp"

namespace {

using ks::Json;

constexpr const char* kPlain = "a-plain-value";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// As values of variables and arguments are written.
std::string doubled(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '$' ? 2 : 1, c);
  return out;
}

std::vector<Json> trees(const ks::Workload& workload, const std::string& name) {
  auto d = ks::sample::deployment("sandbox-a", "web-abc123");
  d.spec.name = name;
  ks::sample::set_workload(d, workload);
  std::vector<Json> out;
  for (const auto& object :
       ks::op::deployment_objects(d, ks::sample::sandbox("sandbox-a").spec, {}, {})) {
    Json tree = object.tree();
    // A hash over the rest.
    tree["metadata"].erase("annotations");
    const auto read = ks::parse_json(tree.dump(), {64, std::size_t{8} << 20});
    KS_ASSERT_MSG(read.has_value() && *read == tree, "what is sent is not what was meant");
    out.push_back(std::move(tree));
  }
  return out;
}

struct Change {
  std::string_view from, to;
  std::string doubled_from, doubled_to;
};

void compare(const Json& before, const Json& after, const Change& change) {
  if (before == after) return;
  if (before.is_object() && after.is_object()) {
    KS_ASSERT_MSG(before.members().size() == after.members().size(), "a member came or went");
    for (const auto& [name, value] : before.members()) {
      const Json* other = after.find(name);
      KS_ASSERT_MSG(other != nullptr, "a member was renamed");
      compare(value, *other, change);
    }
    return;
  }
  if (before.is_array() && after.is_array()) {
    KS_ASSERT_MSG(before.as_array().size() == after.as_array().size(), "an item came or went");
    for (std::size_t i = 0; i < before.as_array().size(); ++i)
      compare(before.as_array()[i], after.as_array()[i], change);
    return;
  }
  KS_ASSERT_MSG(before.is_string() && after.is_string(), "a text became something else");
  KS_ASSERT_MSG(
      has(before.as_string(), change.from) || has(before.as_string(), change.doubled_from),
      "another leaf changed");
  KS_ASSERT_MSG(has(after.as_string(), change.to) || has(after.as_string(), change.doubled_to),
                "the text changed on its way");
}

void compare(const std::vector<Json>& before, const std::vector<Json>& after, std::string_view from,
             std::string_view to) {
  KS_ASSERT_MSG(before.size() == after.size(), "an object came or went");
  const Change change{from, to, doubled(from), doubled(to)};
  for (std::size_t i = 0; i < before.size(); ++i) {
    KS_ASSERT(before[i].text("kind") == after[i].text("kind"));
    KS_ASSERT(before[i].text("metadata", "namespace") == after[i].text("metadata", "namespace"));
    compare(before[i], after[i], change);
  }
}

// The texts of a tree, for one after the other to be replaced.
void leaves(Json& at, std::vector<Json*>& out) {
  if (at.is_string()) out.push_back(&at);
  if (at.is_array())
    for (Json& item : at.as_array()) leaves(item, out);
  if (at.is_object())
    for (auto& [name, value] : at.members()) leaves(value, out);
}

bool same_amount(std::string_view a, std::string_view b) {
  const auto same = [&](auto parse) {
    const auto left = parse(a), right = parse(b);
    return left && right && *left == *right;
  };
  return same(ks::parse_cpu_milli) || same(ks::parse_bytes);
}

void try_fields(const ks::Workload& workload, const std::string& text) {
  const auto before = trees(workload, "web");
  KS_ASSERT_MSG(before == trees(workload, text), "the name of the deployment is in an object");
  Json kept = ks::to_json(workload);
  std::vector<Json*> fields;
  leaves(kept, fields);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Json original = *fields[i];
    // A service's name is said in two places.
    std::vector<Json*> same;
    for (Json* other : fields)
      if (*other == original) same.push_back(other);
    for (Json* one : same) *one = text;
    // What is no text, such as a quantity, becomes one of its own kind or none.
    if (const auto changed = ks::workload_from_json(kept)) {
      // An amount is written in its shortest form: "0" for "00".
      Json read = ks::to_json(*changed);
      std::vector<Json*> after;
      leaves(read, after);
      KS_ASSERT_MSG(after.size() == fields.size(), "a text came or went");
      const std::string& written = after[i]->as_string();
      compare(before, trees(*changed, "web"), original.as_string(),
              same_amount(written, text) ? written : text);
    }
    for (Json* one : same) *one = original;
  }
}

ks::RenderedTemplate rendered(const ks::Template& from, const Json& inputs, ks::Faults& faults) {
  ks::SeededRandom random(1);
  return ks::render_template(from, &inputs, "web-abc123", "/inputs", random, faults);
}

void try_template(const ks::Template& from, const std::string& text) {
  Json plain = Json::object();
  for (const ks::TemplateInput& input : from.inputs) plain.set(input.name, kPlain);
  ks::Faults none;
  const auto usual = rendered(from, plain, none);
  KS_ASSERT(none.empty());
  const auto before = trees(usual.workload, "web");
  for (const ks::TemplateInput& input : from.inputs) {
    Json inputs = plain;
    inputs.set(input.name, text);
    ks::Faults faults;
    const auto out = rendered(from, inputs, faults);
    if (faults.empty()) compare(before, trees(out.workload, "web"), kPlain, text);
  }
  try_fields(usual.workload, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ks::TemplateCatalogue kCatalogue = ks::TemplateCatalogue::system();
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Nothing else comes through the API; an empty value is left out.
  if (text.empty() || text.size() > 4096 || ks::code_points(text) < 0) return 0;
  for (const ks::Template& one : kCatalogue.list()) try_template(one, text);
  return 0;
}
