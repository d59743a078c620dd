#pragma once

#include <optional>
#include <string_view>

#include "identity/origin.hpp"

namespace ks {

// Whether a request may act, seen from where a browser says it comes from. Safe methods (GET, HEAD,
// OPTIONS) always may. Of the others: Sec-Fetch-Site decides where it is given (same-origin and
// none pass), else Origin must be `own` to the port; a request with neither was not sent by a
// browser and passes. Absent fields are nullopt; an empty one is a wrong one.
bool csrf_allows(std::string_view method, std::optional<std::string_view> sec_fetch_site,
                 std::optional<std::string_view> origin, const Origin& own);

}  // namespace ks
