#pragma once

#include <string>

#include "main/config/config.hpp"
#include "sql/database.hpp"

namespace ks {

sql::DatabaseOptions database_options(const Config& config);

// What a person opens to become a platform administrator by a setup token.
std::string setup_link(const Config& config, const std::string& token);

}  // namespace ks
