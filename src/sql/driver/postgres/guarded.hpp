#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/driver/engine.hpp"
#include "sql/driver/postgres/result.hpp"

namespace ks::sql {

// A statement of at most one row with the guard of the read joined to it: one statement for the
// server in place of two.

// Whether `statement` can carry the guard: the client that both are bound to must be one.
bool carries_guard(const StatementText& statement, const ReadGuard& guard,
                   std::string_view bound_client);
// What judge() asks of session_guard's row is asked by the server here.
std::string guarded_text(const StatementText& statement);
// `own` are the statement's; views, like those.
std::vector<Value> guarded_parameters(std::span<const Value> own, const ReadGuard& guard);
// The statement's rows; null where the guard does not hold.
std::shared_ptr<const RowTable> guarded_rows(const pg_result* result);

}  // namespace ks::sql
