#pragma once

#include <string_view>
#include <vector>

#include "sql/driver/row.hpp"
#include "store/members.hpp"

namespace ks::sql {

// Below every id that was made.
inline constexpr std::string_view kFirstId = "00000000-0000-0000-0000-000000000000";

// Of members_per_org and member_by_id: one row a team, one row without a team for who is in none.
Result<std::vector<MemberRow>> members_of(const std::vector<Row>& rows);

}  // namespace ks::sql
