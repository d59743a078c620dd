#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "runtime/loop.hpp"
#include "sql/driver/postgres/connection.hpp"

namespace ks::sql {

// Connections for transactions, made when they are needed.
class PgPool {
 public:
  PgPool(PgLogin login, std::size_t connections_max)
      : login_(std::move(login)), permits_(connections_max) {}

  // The right to one connection. It is closed with the lease unless it was given back, so that a
  // body that was cut off in the middle leaves no open transaction to the next one.
  class Lease {
   public:
    Lease(PgPool& pool, std::unique_ptr<PgConnection> connection, bool fresh)
        : pool_(&pool), connection_(std::move(connection)), fresh_(fresh) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          connection_(std::move(other.connection_)),
          fresh_(other.fresh_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    PgConnection& connection() { return *connection_; }
    // Connected for this lease, not used before.
    bool fresh() const noexcept { return fresh_; }
    void give_back();

   private:
    PgPool* pool_;
    std::unique_ptr<PgConnection> connection_;
    bool fresh_;
  };
  Result<Lease> acquire();

 private:
  std::unique_ptr<PgConnection> take_idle();

  PgLogin login_;
  runtime::Semaphore permits_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<PgConnection>> idle_;
};

}  // namespace ks::sql
