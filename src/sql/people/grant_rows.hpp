#pragma once

#include <optional>
#include <string_view>

#include "sql/driver/row.hpp"
#include "store/access.hpp"

namespace ks::sql {

// Who gave a right, that `role`, to `user`, from three columns that stand one after another: when,
// who, and what that person is called while in the organization.
Grant grant_at(const Row& row, int first, const UserId& user, std::string_view role);

}  // namespace ks::sql
