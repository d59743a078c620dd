#pragma once

#include <string>
#include <string_view>

#include "app/access/reviews.hpp"
#include "base/json.hpp"

namespace ks::api {

// Rights and reviews as resources of the contract, and rights as records of an export in its two
// formats.
Json present(const AccessRow& row, bool inactive);
Json present(const AccessReview& review, const TenantScope& scope);
Json present(const ReviewRow& row);

std::string access_csv_head();
std::string access_csv(const AccessRow& row, bool inactive);
std::string access_ndjson(const AccessRow& row, bool inactive);

}  // namespace ks::api
