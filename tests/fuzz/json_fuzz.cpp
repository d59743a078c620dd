// A text. Whatever it is, a value that comes out is written and read again as the same value, and
// merging it twice does what merging it once does.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = ks::parse_json(text, {.depth_max = 32, .bytes_max = 1 << 16});
  if (!value) {
    KS_ASSERT(value.error().code == ks::Error::Code::invalid);
    KS_ASSERT(ks::is_utf8(value.error().message));
    return 0;
  }
  const std::string written = value->dump();
  KS_ASSERT(ks::is_utf8(written));
  const auto again = ks::parse_json(written);
  KS_ASSERT(again.has_value());
  KS_ASSERT(*again == *value);
  KS_ASSERT(again->canonical() == value->canonical());
  ks::Json target;
  ks::merge_patch(target, *value);
  const ks::Json once = target;
  ks::merge_patch(target, *value);
  KS_ASSERT(target == once);
  return 0;
}
