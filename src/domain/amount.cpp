#include "domain/amount.hpp"

#include <array>

#include "domain/plan.hpp"

namespace ks {

namespace {

// `amount` of `unit`s of that size, with at most two decimals, cut off rather than rounded up.
std::string in_units(std::int64_t amount, std::int64_t size, std::string_view unit) {
  std::string out = std::to_string(amount / size);
  const auto hundredths = static_cast<int>(amount % size * 100 / size);
  if (hundredths > 0) {
    out += hundredths < 10 ? ".0" : ".";
    out += std::to_string(hundredths % 10 == 0 ? hundredths / 10 : hundredths);
  }
  return out.append(" ").append(unit);
}

std::string in_bytes(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  std::int64_t size = 1;
  while (unit + 1 < kUnits.size() && bytes / 1024 >= size) {
    size *= 1024;
    ++unit;
  }
  return in_units(bytes, size, kUnits[unit]);
}

}  // namespace

std::string spoken_amount(std::string_view feature, std::int64_t amount) {
  const Feature* known = find_feature(feature);
  if (known == nullptr) return std::to_string(amount);
  switch (known->kind) {
    case FeatureKind::cpu:
      return in_units(amount, 1000, "cpu");
    case FeatureKind::bytes:
      return in_bytes(amount);
    default: {
      // "deployments.max" counts deployments; invitations that are pending hold a place as well.
      std::string_view noun =
          feature == "members.max" ? "seats" : feature.substr(0, feature.find('.'));
      if (amount == 1 && noun.ends_with('s')) noun.remove_suffix(1);
      return std::to_string(amount).append(" ").append(noun);
    }
  }
}

std::string named_amount(std::string_view feature, std::int64_t amount) {
  const Feature* known = find_feature(feature);
  const bool number = known == nullptr || known->kind == FeatureKind::integer;
  return number ? std::to_string(amount) : spoken_amount(feature, amount);
}

}  // namespace ks
