#include "sql/driver/postgres/wire.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <libpq-fe.h>

#include "sql/driver/postgres/connection.hpp"

namespace ks::sql {

namespace asio = boost::asio;

namespace {
constexpr Duration kConnectMax = seconds(5);
// Beyond the statement_timeout of these connections: the server itself does not answer.
constexpr Duration kAnswerMax = seconds(20);
constexpr Duration kSweep = seconds(1);
constexpr Duration kBackOffMin = milliseconds(50);
constexpr Duration kBackOffMax = seconds(2);

Time now() { return SystemClock().monotonic(); }
}  // namespace

struct PgWire::Io {
  explicit Io(asio::io_context& context)
      : descriptor(std::in_place, context), timer(std::in_place, context) {}
  std::optional<asio::posix::stream_descriptor> descriptor;
  std::optional<asio::steady_timer> timer;
  std::mutex closing;

  // Watches a descriptor of its own for the same socket: libpq may close its one at any time, and
  // its number may be another connection's before this is told.
  void watch(int socket) {
    let_go();
    descriptor->assign(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  }
  void let_go() {
    boost::system::error_code ignored;
    if (descriptor) descriptor->close(ignored);
  }
};

PgWire::PgWire(void* io_context, PgLogin login)
    : login_(std::move(login)),
      io_(std::make_unique<Io>(*static_cast<asio::io_context*>(io_context))) {}

PgWire::~PgWire() { close(); }

void PgWire::serve(std::weak_ptr<User> user) { user_ = std::move(user); }

void PgWire::connect() {
  const auto user = user_.lock();
  if (!user) return;
  if (now() < not_before_) {
    user->connect_failed();
    return;
  }
  const auto keywords = login_.keywords();
  const auto values = login_.values();
  handle_ = PQconnectStartParams(keywords.data(), values.data(), 0);
  state_ = State::connecting;
  progress_ = now();
  if (handle_ == nullptr || PQstatus(handle_) == CONNECTION_BAD) {
    fail_connect();
    return;
  }
  PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
  await_connect(PGRES_POLLING_WRITING);
  sweep();
}

void PgWire::await_connect(int polling_status) {
  if (polling_status == PGRES_POLLING_FAILED) {
    fail_connect();
    return;
  }
  // The socket may be another one after each step: another address, or without TLS.
  io_->watch(PQsocket(handle_));
  if (polling_status != PGRES_POLLING_OK) {
    await(polling_status == PGRES_POLLING_WRITING, &PgWire::on_connect_step);
    return;
  }
  if (PQsetnonblocking(handle_, 1) != 0 || PQenterPipelineMode(handle_) != 1) {
    fail_connect();
    return;
  }
  state_ = State::ready;
  back_off_ = {};
  progress_ = now();
  if (const auto user = user_.lock()) user->connected();
  rest();
}

void PgWire::on_connect_step() {
  if (state_ == State::connecting) await_connect(PQconnectPoll(handle_));
}

void PgWire::fail_connect() {
  (void)pg_connect_failed(handle_);
  disconnect();
  back_off_ = std::clamp(back_off_ * 2, kBackOffMin, kBackOffMax);
  not_before_ = now() + back_off_;
  if (const auto user = user_.lock()) user->connect_failed();
  rest();
}

void PgWire::disconnect() {
  state_ = State::closed;
  io_->let_go();
  ++generation_;
  reading_ = writing_ = false;
  if (handle_ != nullptr) PQfinish(std::exchange(handle_, nullptr));
}

void PgWire::await(bool writing, void (PgWire::*then)()) {
  io_->descriptor->async_wait(
      writing ? asio::posix::stream_descriptor::wait_write
              : asio::posix::stream_descriptor::wait_read,
      [self = shared_from_this(), then, generation = generation_](boost::system::error_code code) {
        if (code || generation != self->generation_) return;
        (self.get()->*then)();
      });
}

void PgWire::push() {
  if (state_ != State::ready) return;
  const auto user = user_.lock();
  if (!user) return;
  const int left = PQflush(handle_);
  if (left < 0 || PQstatus(handle_) != CONNECTION_OK) {
    user->lost();
    rest();
    return;
  }
  if (left == 1 && !std::exchange(writing_, true)) await(true, &PgWire::on_writable);
  if (user->awaits() && !std::exchange(reading_, true)) await(false, &PgWire::on_readable);
  sweep();
}

bool PgWire::take() {
  if (PQconsumeInput(handle_) == 0) return false;
  progress_ = now();
  return true;
}

void PgWire::on_readable() {
  reading_ = false;
  if (state_ != State::ready) return;
  if (const auto user = user_.lock()) user->readable();
  push();
  rest();
}

void PgWire::on_writable() {
  writing_ = false;
  push();
}

void PgWire::begin_wait() { progress_ = now(); }

// One timer for all that is under way.
void PgWire::sweep() {
  const auto user = user_.lock();
  if (sweeping_ || !user || (!user->awaits() && state_ != State::connecting)) return;
  sweeping_ = true;
  io_->timer->expires_after(std::chrono::microseconds(kSweep.us));
  io_->timer->async_wait([self = shared_from_this()](boost::system::error_code code) {
    self->sweeping_ = false;
    if (!self->io_->timer) return;
    const auto waiting = self->user_.lock();
    if (!code && waiting) {
      const Duration silent = now() - self->progress_;
      if (self->state_ == State::connecting && silent > kConnectMax)
        self->fail_connect();
      else if (waiting->awaits() && silent > kAnswerMax)
        waiting->lost();
    }
    // Cancelled by rest(), something may have begun since.
    self->sweep();
  });
}

// Lets the loop be idle when nothing is under way.
void PgWire::rest() {
  const auto user = user_.lock();
  if (!sweeping_ || state_ == State::connecting || (user && user->awaits())) return;
  io_->timer->cancel();
}

void PgWire::post(std::function<void()> work) {
  asio::post(io_->descriptor->get_executor(), std::move(work));
}

void PgWire::close() {
  const std::lock_guard lock(io_->closing);
  if (!io_->descriptor) return;
  disconnect();
  io_->descriptor.reset();
  io_->timer.reset();
}

}  // namespace ks::sql
