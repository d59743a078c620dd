// The YAML of a template. Whatever it is, a template that comes out renders to a workload that can
// be kept and charged, and no secret stands in it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "base/yaml.hpp"
#include "domain/template/template_render.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto yaml = ks::parse_yaml(text))
    KS_ASSERT(ks::parse_json(yaml->value.dump()).has_value());
  const auto read = ks::parse_template("t", text);
  if (!read) {
    const ks::Error& error = read.error();
    KS_ASSERT(!error.faults.empty() || error.message.starts_with("line "));
    for (const ks::Fault& f : error.faults) KS_ASSERT(f.message.starts_with("line "));
    return 0;
  }
  ks::Json inputs = ks::Json::object();
  for (const ks::TemplateInput& input : read->inputs)
    inputs.set(input.name, input.secret ? "s3cr3t-0f-the-fuzzer" : "${inputs." + input.name + "}");
  ks::SeededRandom random(1);
  ks::Faults faults;
  const ks::RenderedTemplate out =
      ks::render_template(*read, &inputs, "x-abc123", "/inputs", random, faults);
  if (!faults.empty()) return 0;
  const ks::Json kept = ks::to_json(out.workload);
  const auto again = ks::workload_from_json(kept);
  KS_ASSERT(again.has_value());
  KS_ASSERT(*again == out.workload);
  KS_ASSERT(text.find("s3cr3t-0f-the-fuzzer") != std::string_view::npos ||
            kept.dump().find("s3cr3t-0f-the-fuzzer") == std::string::npos);
  const ks::Amount amount = ks::amount_of(out.workload);
  KS_ASSERT(amount.cpu_milli >= 0 && amount.memory_bytes >= 0 && amount.storage_bytes >= 0);
  return 0;
}
