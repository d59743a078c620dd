// A text. Whatever it is, an image reference that comes out has parts that say the same again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "domain/deployment/image.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto image = ks::parse_image(text);
  if (!image) {
    KS_ASSERT(!image.error().message.empty());
    return 0;
  }
  KS_ASSERT(!image->registry.empty() && !image->repository.empty());
  for (const char c : text) KS_ASSERT(c > 0x20 && c < 0x7f);
  std::string whole = image->registry + "/" + image->repository;
  if (!image->tag.empty()) whole += ":" + image->tag;
  if (!image->digest.empty()) whole += "@" + image->digest;
  const auto again = ks::parse_image(whole);
  KS_ASSERT(again.has_value());
  KS_ASSERT(again->registry == image->registry && again->repository == image->repository);
  KS_ASSERT(again->tag == image->tag && again->digest == image->digest);
  return 0;
}
