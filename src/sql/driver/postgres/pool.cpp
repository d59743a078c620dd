#include "sql/driver/postgres/pool.hpp"

#include "sql/driver/engine.hpp"

namespace ks::sql {

PgPool::Lease::~Lease() {
  if (pool_ == nullptr) return;
  connection_.reset();
  pool_->permits_.release();
}

void PgPool::Lease::give_back() {
  if (connection_->broken()) return;
  const std::lock_guard lock(pool_->mutex_);
  pool_->idle_.push_back(std::move(connection_));
}

std::unique_ptr<PgConnection> PgPool::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

Result<PgPool::Lease> PgPool::acquire() {
  if (!permits_.acquire(kConnectionWaitMax))
    return database_unavailable("All connections to the database are busy.");
  while (auto idle = take_idle())
    if (idle->alive()) return Lease(*this, std::move(idle), false);
  auto connection = PgConnection::connect(login_);
  if (!connection) {
    permits_.release();
    return std::unexpected(std::move(connection).error());
  }
  return Lease(*this, std::move(*connection), true);
}

}  // namespace ks::sql
