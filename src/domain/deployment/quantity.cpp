#include "domain/deployment/quantity.hpp"

#include <array>
#include <utility>

namespace ks {

namespace {

// 2^62; sums over an organization stay far from overflow.
constexpr std::int64_t kMax = std::int64_t{1} << 62;

struct Suffix {
  std::string_view text;
  std::int64_t factor_milli;  // In thousandths, so that "m" is 1.
};
constexpr std::array<Suffix, 11> kSuffixes = {{
    {"", 1000},
    {"m", 1},
    {"k", 1000LL * 1000},
    {"M", 1000LL * 1000 * 1000},
    {"G", 1000LL * 1000 * 1000 * 1000},
    {"T", 1000LL * 1000 * 1000 * 1000 * 1000},
    {"Ki", 1000LL << 10},
    {"Mi", 1000LL << 20},
    {"Gi", 1000LL << 30},
    {"Ti", 1000LL << 40},
    {"Pi", 1000LL << 50},
}};

// The value in thousandths.
// 64 bits do not hold the thousandths of the biggest byte counts.
__extension__ typedef __int128 Wide;

Result<Wide> parse_milli(std::string_view text) {
  std::size_t at = 0;
  Wide digits = 0;
  int fraction = 0;
  bool any = false, point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (digits > kMax || fraction >= 9) return invalid("is out of range");
    digits = digits * 10 + (c - '0');
    if (point) ++fraction;
  }
  if (!any) return invalid("must be a quantity such as 500m, 1 or 256Mi");
  for (const Suffix& s : kSuffixes) {
    if (s.text != text.substr(at)) continue;
    Wide scale = 1;
    for (int i = 0; i < fraction; ++i) scale *= 10;
    const Wide milli = (digits * s.factor_milli + scale - 1) / scale;
    if (milli > static_cast<Wide>(kMax) * 1000) return invalid("is out of range");
    return milli;
  }
  return invalid("must be a quantity such as 500m, 1 or 256Mi");
}

}  // namespace

Result<std::int64_t> parse_cpu_milli(std::string_view text) {
  KS_TRY(const Wide milli, parse_milli(text));
  if (milli > kMax) return invalid("is out of range");
  return static_cast<std::int64_t>(milli);
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  KS_TRY(const Wide milli, parse_milli(text));
  return static_cast<std::int64_t>((milli + 999) / 1000);
}

std::string format_cpu_milli(std::int64_t milli) {
  if (milli % 1000 == 0) return std::to_string(milli / 1000);
  return std::to_string(milli) + "m";
}

std::string format_bytes(std::int64_t bytes) {
  constexpr std::array<std::pair<int, std::string_view>, 4> kUnits = {
      {{40, "Ti"}, {30, "Gi"}, {20, "Mi"}, {10, "Ki"}}};
  for (const auto& [shift, unit] : kUnits) {
    const std::int64_t size = std::int64_t{1} << shift;
    if (bytes != 0 && bytes % size == 0) return std::to_string(bytes / size) + std::string(unit);
  }
  return std::to_string(bytes);
}

}  // namespace ks
