#pragma once

#include <string>
#include <string_view>

#include "app/access/rows.hpp"
#include "base/json.hpp"

namespace ks::api {

// A right as the resource of the contract, and as a record of an export in its two formats.
Json present(const AccessRow& row, bool inactive);

std::string access_csv_head();
std::string access_csv(const AccessRow& row, bool inactive);
std::string access_ndjson(const AccessRow& row, bool inactive);

}  // namespace ks::api
