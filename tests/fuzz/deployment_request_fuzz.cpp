// A body of POST and, behind the first NUL, a patch. Whatever they are, a workload that comes out
// can be kept, charged and described, and an empty patch leaves it as it is.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "domain/deployment/deployment_request.hpp"

namespace {

void check(const ks::Workload& workload, const ks::Template* from) {
  const auto kept = ks::workload_from_json(ks::to_json(workload));
  KS_ASSERT(kept.has_value());
  KS_ASSERT(*kept == workload);
  const ks::Amount amount = ks::amount_of(workload);
  KS_ASSERT(amount.cpu_milli >= 0 && amount.memory_bytes >= 0 && amount.storage_bytes >= 0);
  const auto same = ks::patch_workload(workload, ks::Json::object(), from);
  KS_ASSERT(same.has_value());
  KS_ASSERT(*same == workload);
  if (workload.exposure == ks::Exposure::public_) {
    const ks::Service* service = workload.find(workload.ingress_service);
    KS_ASSERT(service != nullptr && service->port.has_value());
    KS_ASSERT(from == nullptr || from->ingress.has_value());
  }
  ks::Json described = ks::Json::object();
  ks::describe_workload(described, workload);
  KS_ASSERT(ks::parse_json(described.dump()).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ks::TemplateCatalogue kTemplates = ks::TemplateCatalogue::system();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find('\0');
  const auto body = ks::parse_json(text.substr(0, cut));
  if (!body) return 0;
  ks::SeededRandom random(1);
  const auto draft = ks::draft_from_json(*body, kTemplates, random);
  if (!draft) {
    KS_ASSERT(!draft.error().faults.empty());
    return 0;
  }
  const ks::Template* from = kTemplates.find(draft->template_name);
  check(draft->workload, from);
  if (cut == std::string_view::npos) return 0;
  const auto patch = ks::parse_json(text.substr(cut + 1));
  if (!patch) return 0;
  const auto patched = ks::patch_workload(draft->workload, *patch, from);
  if (patched)
    check(*patched, from);
  else
    KS_ASSERT(!patched.error().faults.empty());
  return 0;
}
