#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "authz/scope.hpp"
#include "base/error.hpp"

namespace ks {

// An open transaction. Store methods take it; nobody above the store looks inside.
class Tx {
 public:
  virtual ~Tx() = default;
};

// What must still hold when a read is answered from rights that were loaded earlier: the session is
// alive and the person's authz_version is the one the rights were loaded at. Checked by the
// database in the same flight as the read's first statement.
struct ReadGuard {
  ClientScope client;
  std::string session_hash;  // As stored: hex of SHA-256 of the session's token.
  std::int64_t authz_version;
  Time now;  // For the session's expiry.
};

// Transactions. A body is one function Result<T>(Tx&) that waits for nothing but its Tx; it commits
// when it returns a value and is rolled back when it returns an error. It may run more than once
// (PostgreSQL: deadlock, serialization failure), so it has no effects outside its Tx. The call
// returns after the commit is durable.
//
// Failures of the engine are `unavailable` ("database_unavailable", and "storage_full" when the
// disk is full); then nothing was done, unless the connection broke during the commit itself.
class Database {
 public:
  virtual ~Database() = default;

  template <class Body>
  std::invoke_result_t<Body, Tx&> write(Body&& body) {
    return run_as<Body>(Mode::write, Lane::tenant, nullptr, {}, std::forward<Body>(body));
  }
  // As write(); `whose` (a person, an organization) gets no more than its share of the writers:
  // writes of one name wait for each other, not before those of another. They may all want the same
  // lock, and would hold every connection while they wait for it. Empty: by itself.
  template <class Body>
  std::invoke_result_t<Body, Tx&> write_for(std::string_view whose, Body&& body) {
    return run_as<Body>(Mode::write, Lane::tenant, nullptr, whose, std::forward<Body>(body));
  }
  // Statements of a read see committed data; on SQLite all of one moment, on PostgreSQL each its
  // own.
  template <class Body>
  std::invoke_result_t<Body, Tx&> read(Body&& body) {
    return run_as<Body>(Mode::read, Lane::tenant, nullptr, {}, std::forward<Body>(body));
  }
  // As read(); gives the error `kStaleGuard` when `guard` no longer holds. The caller loads the
  // rights again and repeats.
  template <class Body>
  std::invoke_result_t<Body, Tx&> read(const ReadGuard& guard, Body&& body) {
    return run_as<Body>(Mode::read, Lane::tenant, &guard, {}, std::forward<Body>(body));
  }
  // Work that crosses tenants; on PostgreSQL on connections with the fleet role.
  template <class Body>
  std::invoke_result_t<Body, Tx&> fleet_write(const FleetScope&, Body&& body) {
    return run_as<Body>(Mode::write, Lane::fleet, nullptr, {}, std::forward<Body>(body));
  }
  template <class Body>
  std::invoke_result_t<Body, Tx&> fleet_read(const FleetScope&, Body&& body) {
    return run_as<Body>(Mode::read, Lane::fleet, nullptr, {}, std::forward<Body>(body));
  }

  // Whether the engine answers now, and the schema is the one this program knows.
  virtual Result<void> ready() = 0;

  // Called (from any thread) after a commit that changed an organization's feed, here or in another
  // process on the same database; a hint to read the feed, nothing more. Empty arguments mean
  // "anything may have changed" (after a reconnect).
  using FeedListener = std::function<void(std::optional<OrgId>)>;
  virtual void on_feed(FeedListener listener) = 0;

  static constexpr std::string_view kStaleGuard = "stale_guard";

 protected:
  enum class Mode { read, write };
  enum class Lane { tenant, fleet };
  virtual Result<void> run(Mode mode, Lane lane, const ReadGuard* guard, std::string_view whose,
                           const std::function<Result<void>(Tx&)>& body) = 0;

 private:
  template <class Body>
  std::invoke_result_t<Body, Tx&> run_as(Mode mode, Lane lane, const ReadGuard* guard,
                                         std::string_view whose, Body&& body) {
    using R = std::invoke_result_t<Body, Tx&>;
    using T = typename R::value_type;
    if constexpr (std::is_void_v<T>) {
      return run(mode, lane, guard, whose, [&](Tx& tx) -> Result<void> { return body(tx); });
    } else {
      std::optional<T> value;
      KS_CHECK(run(mode, lane, guard, whose, [&](Tx& tx) -> Result<void> {
        value.reset();
        R result = body(tx);
        if (!result) return std::unexpected(std::move(result).error());
        value.emplace(std::move(*result));
        return {};
      }));
      return std::move(*value);
    }
  }
};

}  // namespace ks
