#include "identity/csrf.hpp"

namespace ks {

bool csrf_allows(std::string_view method, std::optional<std::string_view> sec_fetch_site,
                 std::optional<std::string_view> origin, const Origin& own) {
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") return true;
  if (sec_fetch_site) return *sec_fetch_site == "same-origin" || *sec_fetch_site == "none";
  if (!origin) return true;
  // An Origin has no path, not even '/'.
  if (origin->ends_with('/')) return false;
  const auto from = parse_origin(*origin);
  return from && *from == own;
}

}  // namespace ks
