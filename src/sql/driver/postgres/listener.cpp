#include "sql/driver/postgres/listener.hpp"

#include <algorithm>

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.hpp"
#include "sql/driver/postgres/connection.hpp"

namespace ks::sql {

namespace {
constexpr Duration kPauseMin = milliseconds(50);
constexpr Duration kPauseMax = seconds(5);
}  // namespace

PgListener::PgListener(PgLogin login, const FeedListeners& listeners)
    : login_(std::move(login)),
      listeners_(listeners),
      stop_fd_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { serve(); }) {}

PgListener::~PgListener() {
  const std::uint64_t one = 1;
  KS_ASSERT(::write(stop_fd_, &one, sizeof one) == sizeof one);
  thread_.join();
  ::close(stop_fd_);
}

bool PgListener::pause(Duration duration) const {
  pollfd stop{stop_fd_, POLLIN, 0};
  return ::poll(&stop, 1, static_cast<int>(duration.us / 1000)) == 0;
}

bool PgListener::wait(int fd) const {
  pollfd both[] = {{stop_fd_, POLLIN, 0}, {fd, POLLIN, 0}};
  return ::poll(both, 2, -1) > 0 && (both[0].revents & POLLIN) == 0;
}

void PgListener::serve() {
  Duration back_off{};
  do {
    auto handle = pg_connect(login_, seconds(5));
    if (handle) {
      back_off = {};
      listen(*handle);
      PQfinish(*handle);
    }
    back_off = std::clamp(back_off * 2, kPauseMin, kPauseMax);
  } while (pause(back_off));
}

void PgListener::listen(pg_conn* handle) {
  const std::unique_ptr<PGresult, PgClear> result(PQexec(handle, "LISTEN ks_feed"));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return;
  // What was committed while nobody listened.
  if (listening_.is_set()) listeners_.call(std::nullopt);
  listening_.set();
  do {
    if (PQconsumeInput(handle) == 0) {
      log::warn("the connection for notifications broke", {{"message", PQerrorMessage(handle)}});
      return;
    }
    while (PGnotify* notify = PQnotifies(handle)) {
      auto org = OrgId::parse(notify->extra);
      PQfreemem(notify);
      if (org) listeners_.call(*org);
    }
  } while (wait(PQsocket(handle)));
}

}  // namespace ks::sql
