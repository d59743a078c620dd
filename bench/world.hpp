#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "sql/database.hpp"

namespace ks::bench {

// A person who owns an organization, as sign-up leaves them.
struct Tenant {
  std::string token;
  std::string org_slug;
};

// A database with the stores and the session gate that the program puts over it. Faults end the
// process: a benchmark of something that failed measures nothing.
class World {
 public:
  World(const sql::DatabaseOptions& options, std::size_t callers_max);

  // Through the use cases of sign-up, many in a transaction. Named from `first` on.
  std::vector<Tenant> add_tenants(std::size_t count, std::size_t first = 0);
  // Puts the organization on the plan without limits.
  void lift_limits(const Tenant& tenant);

  Caller load(const Tenant& tenant);
  ClientScope client() const;
  SessionGate::TrailPtr trail() const { return trail_; }
  Database& db() { return *db_; }
  SessionGate& gate() { return *gate_; }
  SqlStores& stores() { return stores_; }
  Outbox& outbox() { return outbox_; }
  app::Stores app() { return stores_.for_app(outbox_, clock_, random_); }
  const Clock& clock() const { return clock_; }
  Random& random() { return random_; }

 private:
  Tenant add_person(Tx& tx, const std::string& name, bool platform_admin);
  SystemClock clock_;
  SystemRandom random_;
  SessionGate::TrailPtr trail_;
  SqlStores stores_;
  mail::SealedOutbox outbox_{stores_.mails, stores_.envelope, clock_, random_, mail::Switch::off};
  std::unique_ptr<Database> db_;
  std::unique_ptr<SessionGate> gate_;
  Tenant administrator_;
};

[[noreturn]] void give_up(const Error& error);

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double median(std::vector<double> values);

// A new folder under the temporary ones, which goes with its object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace ks::bench
