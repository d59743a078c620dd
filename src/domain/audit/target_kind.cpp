#include "domain/audit/target_kind.hpp"

#include <algorithm>
#include <array>

namespace ks {

namespace {
constexpr std::array<std::string_view, 11> kKinds{
    "access_export", "access_review", "audit_export", "deployment", "invitation", "member",
    "organization", "ownership_offer", "team",
    // As refusals on access reviews were told by versions before.
    "review", "row"};
}  // namespace

bool is_target_kind(std::string_view text) {
  return std::ranges::find(kKinds, text) != kKinds.end();
}

}  // namespace ks
