#include "sql/driver/postgres/login.hpp"

#include <memory>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/digest.hpp"

namespace ks::sql {

Result<PgLogin> PgLogin::parse(const std::string& dsn) {
  char* why = nullptr;
  PQconninfoOption* options = PQconninfoParse(dsn.c_str(), &why);
  if (options == nullptr) {
    PQfreemem(why);
    return invalid("DATABASE_DSN is no PostgreSQL address (postgres://user@host:port/database).");
  }
  PgLogin login;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option)
    if (option->val != nullptr && *option->val != '\0') login.set(option->keyword, option->val);
  PQconninfoFree(options);
  login.set("client_encoding", "UTF8");
  login.set("fallback_application_name", "k8s-scheduler");
  // A peer that vanished without a word is noticed within half a minute.
  login.set("keepalives_idle", "10");
  login.set("keepalives_interval", "5");
  login.set("keepalives_count", "3");
  login.set("tcp_user_timeout", "20000");
  return login;
}

void PgLogin::set(std::string_view keyword, std::string value) {
  for (auto& [name, text] : parameters_) {
    if (name == keyword) {
      text = std::move(value);
      return;
    }
  }
  parameters_.emplace_back(keyword, std::move(value));
}

PgLogin PgLogin::with(const std::vector<std::pair<std::string, std::string>>& settings) const {
  PgLogin out = *this;
  std::string options;
  for (const auto& [name, text] : parameters_)
    if (name == "options") options = text;
  for (const auto& [name, text] : settings) options += fmt::format(" -c {}={}", name, text);
  out.set("options", std::move(options));
  return out;
}

std::vector<const char*> PgLogin::keywords() const {
  std::vector<const char*> out;
  for (const auto& [name, text] : parameters_) out.push_back(name.c_str());
  out.push_back(nullptr);
  return out;
}

std::vector<const char*> PgLogin::values() const {
  std::vector<const char*> out;
  for (const auto& [name, text] : parameters_) out.push_back(text.c_str());
  out.push_back(nullptr);
  return out;
}

PgRoles roles_of(std::string_view database_name) {
  // Roles are shared by all databases of a server and their names end at 63 characters.
  constexpr std::size_t kPartMax = 40;
  std::string part;
  for (const char c : database_name)
    part += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : '_';
  if (part != database_name || part.size() > kPartMax)
    part = fmt::format("{}_{}", part.substr(0, kPartMax), hex(sha256(database_name)).substr(0, 10));
  return {fmt::format("ks_{}_tenant", part), fmt::format("ks_{}_fleet", part)};
}

}  // namespace ks::sql
