#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace ks::sql {

// Where and as whom to connect: a DSN, and what this program adds to it.
class PgLogin {
 public:
  // The message of a refusal does not repeat the DSN, which may hold a password.
  static Result<PgLogin> parse(const std::string& dsn);

  // With server settings for the connection ("role", "ks_app_tenant"). A role taken this way holds
  // from the first statement on, so that no statement ever runs as the login.
  PgLogin with(const std::vector<std::pair<std::string, std::string>>& settings) const;

  // Null-terminated arrays for libpq, valid as long as this object.
  std::vector<const char*> keywords() const;
  std::vector<const char*> values() const;

 private:
  void set(std::string_view keyword, std::string value);
  std::vector<std::pair<std::string, std::string>> parameters_;
};

// The two roles without login of a database, made by its migrations.
struct PgRoles {
  std::string tenant;
  std::string fleet;
};
PgRoles roles_of(std::string_view database_name);

}  // namespace ks::sql
