#pragma once

#include <string_view>
#include <vector>

namespace ks::http {

// One message as bytes, and what a strict server must answer. A refused message (status 400 and up)
// must also end the connection without another byte of it being read as a request. `seen` is
// "METHOD path|body" as the handler of an accepted message sees it.
struct SmugglingCase {
  std::string_view name;
  std::string_view bytes;
  int status;
  std::string_view seen;
};

const std::vector<SmugglingCase>& smuggling_corpus();

}  // namespace ks::http
