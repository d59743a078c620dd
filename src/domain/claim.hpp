#pragma once

#include <string>
#include <string_view>

namespace ks {

// The claim of a volume. Its name never depends on how many services there are, else adding one
// would lose the data.
inline std::string claim_name(std::string_view stem, std::string_view service,
                              std::string_view volume) {
  std::string out(stem);
  out.append("-").append(service).append("-").append(volume);
  return out;
}

}  // namespace ks
