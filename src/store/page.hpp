#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ks {

// A stretch of a list in a fixed order. `after` is the sort key of the last item of the page
// before; empty for the first page. Keys compare by bytes.
struct PageRequest {
  int limit = 50;  // 1 to 200.
  std::string after;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  // `after` of the next page; none on the last one.
};

}  // namespace ks
