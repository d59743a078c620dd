#pragma once

// What the files of this folder have to misuse.
#include "authz/authorizer.hpp"
#include "sql/driver/sql_tx.hpp"

namespace ks::test {
using sql::Rows;
using sql::Scope;

inline constexpr sql::Statement<Scope::client, Rows::many, 0> kClient{nullptr};
inline constexpr sql::Statement<Scope::person, Rows::many, 0> kPerson{nullptr};
inline constexpr sql::Statement<Scope::tenant, Rows::many, 1> kTenant{nullptr};
inline constexpr sql::Statement<Scope::fleet, Rows::many, 0> kFleet{nullptr};

// Stands for a method of a store.
Result<void> rename_team(Tx&, const Permit<Action::team_update, Team>&, std::string_view name);
}  // namespace ks::test
