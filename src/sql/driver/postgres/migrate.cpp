#include "sql/driver/postgres/migrate.hpp"

#include <charconv>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "sql/driver/engine.hpp"
#include "sql/driver/postgres/connection.hpp"

namespace ks::sql {

namespace {

// Any number that other programs on the database do not use; the first bytes of the project's name.
constexpr const char* kLock = "7163384699";

// Plain statements, one after the other, on a connection without pipeline.
class Session {
 public:
  static Result<Session> open(const PgLogin& login) {
    KS_TRY(pg_conn * handle, pg_connect(login, seconds(10)));
    return Session(handle);
  }
  Result<std::shared_ptr<const RowTable>> query(const std::string& sql,
                                                std::vector<Value> values = {}) {
    const PgParameters parameters(values);
    return check(PgResult(PQexecParams(handle_.get(), sql.c_str(), parameters.count(), nullptr,
                                       parameters.values(), nullptr, nullptr, 0)));
  }
  Result<void> script(const std::string& sql) {
    KS_CHECK(check(PgResult(PQexec(handle_.get(), sql.c_str()))));
    return {};
  }
  std::string quoted(const std::string& name) const {
    const std::unique_ptr<char, decltype(&PQfreemem)> text(
        PQescapeIdentifier(handle_.get(), name.data(), name.size()), &PQfreemem);
    return text.get();
  }

 private:
  explicit Session(pg_conn* handle) : handle_(handle, &PQfinish) {}
  static Result<std::shared_ptr<const RowTable>> check(PgResult result) {
    if (outcome_of(result.get()) == PgOutcome::ok) return rows_of(result.get());
    return std::unexpected(failure_of(result.get(), "migration").error);
  }
  std::unique_ptr<pg_conn, decltype(&PQfinish)> handle_;
};

std::string replaced(std::string_view text,
                     const std::vector<std::pair<std::string_view, std::string>>& names) {
  std::string out(text);
  for (const auto& [mark, name] : names)
    for (auto at = out.find(mark); at != std::string::npos; at = out.find(mark, at + name.size()))
      out.replace(at, mark.size(), name);
  return out;
}

Result<PgStanding> standing_of(Session& session, const std::string& login) {
  PgStanding out;
  KS_TRY(const auto database, session.query("SELECT current_database(), session_user::text"));
  out.database = Row(database, 0).str(0);
  out.login = login.empty() ? Row(database, 0).str(1) : login;
  KS_TRY(const auto rights, session.query("SELECT rolsuper OR rolbypassrls FROM pg_roles "
                                          "WHERE rolname = $1",
                                          {out.login}));
  out.unbound = rights->rows() == 1 && Row(rights, 0).flag(0);
  const PgRoles roles = roles_of(out.database);
  KS_TRY(const auto member,
         session.query("SELECT count(*), count(*) FILTER (WHERE pg_has_role($3, oid, 'MEMBER')) "
                       "FROM pg_roles WHERE rolname IN ($1, $2)",
                       {roles.tenant, roles.fleet, out.login}));
  out.has_roles = Row(member, 0).integer(0) == 2;
  out.member = Row(member, 0).integer(1) == 2;
  KS_TRY(const auto owner,
         session.query("SELECT 1 FROM pg_class AS c WHERE c.oid = to_regclass('organizations') "
                       "AND pg_has_role($1, c.relowner, 'MEMBER')",
                       {out.login}));
  out.owns_tables = owner->rows() > 0;
  return out;
}

Result<void> make_roles(Session& session, const PgStanding& serving) {
  if (serving.has_roles && serving.member) return {};
  KS_TRY(const auto may, session.query("SELECT rolsuper OR rolcreaterole FROM pg_roles "
                                       "WHERE rolname = current_user"));
  if (!Row(may, 0).flag(0))
    return conflict("roles_missing",
                    fmt::format("This login may not create roles. Let an administrator run, then "
                                "migrate again:\n{}",
                                role_sql(serving)));
  const PgRoles roles = roles_of(serving.database);
  for (const std::string& role : {roles.tenant, roles.fleet}) {
    KS_TRY(const auto there, session.query("SELECT 1 FROM pg_roles WHERE rolname = $1", {role}));
    if (there->rows() == 0)
      KS_CHECK(session.script(fmt::format("CREATE ROLE {} NOLOGIN", session.quoted(role))));
    KS_CHECK(session.script(
        fmt::format("GRANT {} TO {}", session.quoted(role), session.quoted(serving.login))));
  }
  return {};
}

Result<void> take_step(Session& session, const Migration& step, const PgRoles& roles,
                       const std::string& owner, Time now) {
  KS_CHECK(session.script("BEGIN"));
  const auto take = [&]() -> Result<void> {
    KS_CHECK(session.script(replaced(step.text, {{"{tenant_role}", session.quoted(roles.tenant)},
                                                 {"{fleet_role}", session.quoted(roles.fleet)},
                                                 {"{owner_role}", session.quoted(owner)}})));
    KS_CHECK(
        session.query("INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                      "VALUES ($1, $2, $3, $4)",
                      {step.version, step.name, step.checksum, now}));
    return session.script("COMMIT");
  };
  auto taken = take();
  if (!taken) (void)session.script("ROLLBACK");
  return taken;
}

}  // namespace

std::string role_sql(const PgStanding& standing) {
  const PgRoles roles = roles_of(standing.database);
  const auto quoted = [](const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  std::string sql;
  if (!standing.has_roles)
    sql += fmt::format("CREATE ROLE {} NOLOGIN;\nCREATE ROLE {} NOLOGIN;\n", quoted(roles.tenant),
                       quoted(roles.fleet));
  sql += fmt::format("GRANT {}, {} TO {};\n", quoted(roles.tenant), quoted(roles.fleet),
                     quoted(standing.login));
  return sql;
}

Result<PgStanding> pg_standing(const PgLogin& login) {
  KS_TRY(auto session, Session::open(login));
  return standing_of(session, {});
}

Result<MigrationReport> migrate_postgres(const PgLogin& owner, const PgLogin& serving, Time now) {
  std::string serving_login;
  {
    KS_TRY(auto session, Session::open(serving));
    KS_TRY(const auto who, session.query("SELECT session_user::text"));
    serving_login = Row(who, 0).str(0);
  }
  KS_TRY(auto session, Session::open(owner));
  // Let go of with the connection.
  KS_CHECK(session.query(fmt::format("SELECT pg_advisory_lock({})::text", kLock)));
  KS_TRY(const auto standing, standing_of(session, serving_login));
  KS_CHECK(make_roles(session, standing));
  KS_TRY(const auto owner_name, session.query("SELECT current_user::text"));
  const std::string owner_role = Row(owner_name, 0).str(0);
  const PgRoles roles = roles_of(standing.database);

  KS_TRY(const auto there, session.query("SELECT 1 WHERE to_regclass('schema_migrations') "
                                         "IS NOT NULL"));
  if (there->rows() == 0)
    KS_CHECK(session.script(fmt::format(
        "CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL);"
        "GRANT SELECT ON schema_migrations TO {0}, {1};"
        "GRANT USAGE ON SCHEMA public TO {0}, {1}",
        session.quoted(roles.tenant), session.quoted(roles.fleet))));
  KS_TRY(const auto rows,
         session.query("SELECT version, name, checksum FROM schema_migrations ORDER BY version"));
  std::vector<Applied> applied;
  for (std::size_t i = 0; i < rows->rows(); ++i) {
    const Row row(rows, i);
    applied.push_back({static_cast<int>(row.integer(0)), row.str(1), row.str(2)});
  }
  KS_TRY(const auto left, steps_left(Engine::postgres, applied));
  MigrationReport report;
  for (const Migration& step : left) {
    KS_CHECK(take_step(session, step, roles, owner_role, now));
    report.applied.push_back(step.name);
  }
  report.version = newest_version(Engine::postgres);
  return report;
}

}  // namespace ks::sql
