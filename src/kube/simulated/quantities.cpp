#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "kube/simulated/validate.hpp"

namespace ks::kube::simulated {

namespace {

constexpr std::string_view kBinary[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
constexpr std::string_view kDecimal[] = {"m", "", "k", "M", "G", "T", "P", "E"};

std::string shortest(std::int64_t amount, std::span<const std::string_view> suffixes,
                     std::size_t at, std::int64_t step) {
  while (amount != 0 && at + 1 < suffixes.size() && amount % step == 0) {
    amount /= step;
    ++at;
  }
  return std::to_string(amount) + std::string(suffixes[at]);
}

// `text` itself where it is no quantity, or one finer than a thousandth.
std::string shortened(std::string_view text) {
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, whole);
  if (code != std::errc() || whole < 0) return std::string(text);
  std::int64_t milli = 0;
  if (rest != end && *rest == '.') {
    std::int64_t scale = 100;
    for (++rest; rest != end && *rest >= '0' && *rest <= '9'; ++rest, scale /= 10) {
      if (scale == 0 && *rest != '0') return std::string(text);
      milli += (*rest - '0') * scale;
    }
  }
  const std::string_view suffix(rest, static_cast<std::size_t>(end - rest));
  if (const auto binary = std::ranges::find(kBinary, suffix);
      binary != std::end(kBinary) && !suffix.empty()) {
    if (milli != 0) return std::string(text);
    return shortest(whole, kBinary, static_cast<std::size_t>(binary - kBinary), 1024);
  }
  const auto decimal = std::ranges::find(kDecimal, suffix);
  if (decimal == std::end(kDecimal)) return std::string(text);
  const auto at = static_cast<std::size_t>(decimal - kDecimal);
  if (at == 0) return milli != 0 ? std::string(text) : shortest(whole, kDecimal, 0, 1000);
  if (whole == 0 && milli == 0) return "0";
  if (milli == 0) return shortest(whole, kDecimal, at, 1000);
  if (whole > (INT64_MAX - milli) / 1000) return std::string(text);
  return shortest(whole * 1000 + milli, kDecimal, at - 1, 1000);
}

void shorten(Json& value) {
  if (value.is_array()) {
    for (Json& item : value.as_array()) shorten(item);
    return;
  }
  if (!value.is_object()) return;
  constexpr std::string_view kAmounts[] = {"limits", "requests",       "hard",   "max",
                                           "min",    "defaultRequest", "default"};
  for (auto& [name, member] : value.members()) {
    if (name == "sizeLimit" && member.is_string()) member = Json(shortened(member.as_string()));
    if (!member.is_object() || std::ranges::find(kAmounts, name) == std::end(kAmounts)) {
      shorten(member);
      continue;
    }
    for (auto& [resource, amount] : member.members()) {
      if (amount.is_string())
        amount = Json(shortened(amount.as_string()));
      else if (amount.is_int())
        amount = Json(shortened(std::to_string(amount.as_int())));
    }
  }
}

}  // namespace

void shorten_quantities(const Kind& kind, Json& object) {
  using namespace kinds;
  for (const Kind* typed :
       {&kPod, &kDeployment, &kReplicaSet, &kPersistentVolumeClaim, &kResourceQuota, &kLimitRange})
    if (kind == *typed)
      if (Json* spec = object.find("spec")) shorten(*spec);
}

}  // namespace ks::kube::simulated
