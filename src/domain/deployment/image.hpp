#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks {

// A container image reference by the grammar of the OCI distribution specification and
// github.com/distribution/reference: [host[:port]/]path[:tag][@digest].
struct ImageRef {
  std::string registry;    // "docker.io" when the text names none.
  std::string repository;  // "library/nginx".
  std::string tag;         // Empty when absent.
  std::string digest;      // "sha256:...", empty when absent.
};

// The error's message says what is wrong, without naming the field.
Result<ImageRef> parse_image(std::string_view text);

}  // namespace ks
