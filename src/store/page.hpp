#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ks {

// A stretch of a list in a fixed order. `after` is the sort key of the last item of the page
// before; empty for the first page. Keys compare by bytes.
inline constexpr int kListMax = 200;
struct PageRequest {
  int limit = 50;  // 1 to kListMax.
  std::string after;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  // `after` of the next page; none on the last one.
};

}  // namespace ks
