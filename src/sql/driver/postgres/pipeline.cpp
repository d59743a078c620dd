#include "sql/driver/postgres/pipeline.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/log.hpp"
#include "sql/driver/postgres/connection.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace asio = boost::asio;

namespace {
// Reads that share a Sync; a failure among them sends the ones behind it again.
constexpr int kBatchMax = 16;
// What one connection takes on; beyond it answers would come too late anyway.
constexpr std::size_t kWaitingMax = 4096;
constexpr int kSkippedMax = 3;
constexpr Duration kConnectMax = seconds(5);
// Beyond the statement_timeout of these connections: the server itself does not answer.
constexpr Duration kAnswerMax = seconds(20);
constexpr Duration kSweep = seconds(1);
constexpr Duration kBackOffMin = milliseconds(50);
constexpr Duration kBackOffMax = seconds(2);

Time now() { return SystemClock().monotonic(); }

Error gone() {
  return database_unavailable("The database cannot be reached at the moment.").error();
}
}  // namespace

struct PgPipeline::Impl : std::enable_shared_from_this<Impl> {
  enum class State { closed, connecting, ready };
  enum class Part { prepare, bind, guard, statement, sync };
  // A result that the server still owes.
  struct Owed {
    Part part;
    const StatementText* text = nullptr;
    std::shared_ptr<PgRead> read;
    bool last = false;  // Of its read.
    bool seen = false;  // The result came, its end did not.
  };
  struct Prepared {
    std::string name;
    std::optional<Error> refused;
  };

  Impl(asio::io_context& context, PgLogin to)
      : login(std::move(to)), descriptor(std::in_place, context), timer(std::in_place, context) {}

  PgLogin login;
  std::optional<asio::posix::stream_descriptor> descriptor;
  std::optional<asio::steady_timer> timer;
  PGconn* handle = nullptr;
  State state = State::closed;
  std::deque<Owed> owed;
  std::deque<std::shared_ptr<PgRead>> waiting;  // For a connection.
  std::unordered_map<const StatementText*, Prepared> prepared;
  int in_batch = 0;
  bool turn_posted = false;
  bool reading = false;
  bool writing = false;
  bool sweeping = false;
  Time progress;  // The last sign of life.
  Time not_before;
  Duration back_off;
  std::mutex closing;

  // -- requests

  void submit(std::shared_ptr<PgRead> read) {
    if (state == State::ready) {
      send(std::move(read));
      return;
    }
    if (waiting.size() >= kWaitingMax) {
      answer(*read, gone());
      return;
    }
    waiting.push_back(std::move(read));
    if (state == State::closed) connect();
  }

  static void answer(PgRead& read, std::optional<Error> error) {
    if (error) read.error = std::move(error);
    read.done.set();
  }

  // False when `read` was answered, because the statement is wrong.
  bool prepare(const StatementText& text, PgRead& read) {
    const auto found = prepared.find(&text);
    if (found != prepared.end()) {
      if (found->second.refused) answer(read, *found->second.refused);
      return !found->second.refused;
    }
    // In a transaction of its own, which no other statement can abort.
    close_batch();
    const std::string name = fmt::format("s{}", prepared.size());
    prepared[&text] = {name, std::nullopt};
    if (PQsendPrepare(handle, name.c_str(), std::string(text.postgres).c_str(), 0, nullptr) == 1)
      owed.push_back({Part::prepare, &text, nullptr});
    in_batch = 1;
    close_batch();
    return true;
  }

  void send_part(Part part, const StatementText& text, std::span<const Value> values,
                 const std::shared_ptr<PgRead>& read, bool last) {
    const PgParameters parameters(values);
    // A refusal means that the connection is gone, which the next wait tells.
    if (PQsendQueryPrepared(handle, prepared[&text].name.c_str(), parameters.count(),
                            parameters.values(), nullptr, nullptr, 0) == 1)
      owed.push_back({part, &text, read, last});
    else
      unsent(read);
  }

  void unsent(const std::shared_ptr<PgRead>& read) {
    if (std::ranges::find(waiting, read) == waiting.end()) waiting.push_back(read);
  }

  void send(std::shared_ptr<PgRead> read) {
    read->skip_now = false;
    if (!prepare(kBindScope, *read)) return;
    if (read->guard != nullptr && !prepare(*q::session_guard.text, *read)) return;
    if (read->statement != nullptr && !prepare(*read->statement, *read)) return;
    // One that was skipped goes alone, so that no neighbour can hold it back again.
    if (read->skipped > 0) close_batch();
    send_part(Part::bind, kBindScope, read->settings, read, false);
    if (read->guard != nullptr)
      send_part(Part::guard, *q::session_guard.text, parameters_of(*read->guard), read,
                read->statement == nullptr);
    if (read->statement != nullptr)
      send_part(Part::statement, *read->statement, read->parameters, read, true);
    if (++in_batch >= kBatchMax || read->skipped > 0) {
      close_batch();
      push();
      return;
    }
    if (turn_posted) return;
    turn_posted = true;
    asio::post(descriptor->get_executor(), [self = shared_from_this()] {
      self->turn_posted = false;
      if (self->state != State::ready) return;
      self->close_batch();
      self->push();
    });
  }

  void close_batch() {
    if (in_batch == 0) return;
    in_batch = 0;
    if (PQpipelineSync(handle) == 1) owed.push_back({Part::sync, nullptr, nullptr});
  }

  // -- the socket

  // Sends what libpq still holds, and listens for what is owed.
  void push() {
    if (state != State::ready) return;
    const int left = PQflush(handle);
    if (left < 0 || PQstatus(handle) != CONNECTION_OK) {
      lose();
      return;
    }
    if (left == 1) wait_writable();
    wait_readable();
    sweep();
  }

  void wait_readable() {
    if (reading || owed.empty()) return;
    reading = true;
    descriptor->async_wait(
        asio::posix::stream_descriptor::wait_read,
        [self = shared_from_this(), of = handle](boost::system::error_code code) {
          if (code || of != self->handle) return;
          self->reading = false;
          self->take();
        });
  }

  void wait_writable() {
    if (writing) return;
    writing = true;
    descriptor->async_wait(
        asio::posix::stream_descriptor::wait_write,
        [self = shared_from_this(), of = handle](boost::system::error_code code) {
          if (code || of != self->handle) return;
          self->writing = false;
          self->push();
        });
  }

  void take() {
    if (state != State::ready) return;
    if (PQconsumeInput(handle) == 0) {
      lose();
      return;
    }
    progress = now();
    std::vector<std::shared_ptr<PgRead>> again;
    int nothing = 0;
    while (!owed.empty() && PQisBusy(handle) == 0) {
      PgResult result(PQgetResult(handle));
      Owed& front = owed.front();
      if (!result) {
        if (front.seen) {
          const Owed over = std::move(front);
          owed.pop_front();
          if (over.last) complete(over.read, again);
        } else if (++nothing > 2) {
          lose();
          return;
        }
        continue;
      }
      nothing = 0;
      if (front.part == Part::sync) {
        if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) {
          lose();
          return;
        }
        owed.pop_front();
        continue;
      }
      front.seen = true;
      if (!keep(front, result.get())) {
        lose();
        return;
      }
    }
    for (auto& read : again) send(std::move(read));
    push();
    if (owed.empty()) rest();
  }

  // False when the connection is lost.
  bool keep(const Owed& of, pg_result* result) {
    const PgOutcome outcome = outcome_of(result);
    if (outcome == PgOutcome::failed) {
      PgFailure failure = failure_of(result, of.text->name);
      if (failure.kind == PgFailure::Kind::lost) return false;
      if (of.part == Part::prepare)
        prepared[of.text].refused = std::move(failure.error);
      else if (!of.read->error)
        of.read->error = std::move(failure.error);
      return true;
    }
    if (of.part == Part::prepare) return true;
    if (outcome == PgOutcome::skipped)
      of.read->skip_now = true;
    else if (of.part == Part::guard)
      of.read->guard_rows = rows_of(result);
    else if (of.part == Part::statement)
      of.read->rows = rows_of(result);
    return true;
  }

  static void complete(const std::shared_ptr<PgRead>& read,
                       std::vector<std::shared_ptr<PgRead>>& again) {
    if (!read->error && read->skip_now) {
      if (read->abandoned) return;
      if (++read->skipped <= kSkippedMax) {
        again.push_back(read);
        return;
      }
      read->error = gone();
    }
    answer(*read, std::nullopt);
  }

  // -- connecting

  void connect() {
    if (now() < not_before) {
      refuse_waiting();
      return;
    }
    const auto keywords = login.keywords();
    const auto values = login.values();
    handle = PQconnectStartParams(keywords.data(), values.data(), 0);
    state = State::connecting;
    progress = now();
    if (handle == nullptr || PQstatus(handle) == CONNECTION_BAD) {
      (void)pg_connect_failed(handle);
      fail_connect();
      return;
    }
    PQsetNoticeProcessor(handle, [](void*, const char*) {}, nullptr);
    await_connect(PGRES_POLLING_WRITING);
    sweep();
  }

  void await_connect(PostgresPollingStatusType what) {
    if (what == PGRES_POLLING_FAILED) {
      (void)pg_connect_failed(handle);
      fail_connect();
      return;
    }
    if (what == PGRES_POLLING_OK) {
      connected();
      return;
    }
    // The socket may be another one after each step: another address, or without TLS.
    if (descriptor->is_open()) descriptor->release();
    descriptor->assign(PQsocket(handle));
    descriptor->async_wait(
        what == PGRES_POLLING_READING ? asio::posix::stream_descriptor::wait_read
                                      : asio::posix::stream_descriptor::wait_write,
        [self = shared_from_this(), of = handle](boost::system::error_code code) {
          if (code || of != self->handle || self->state != State::connecting) return;
          self->await_connect(PQconnectPoll(of));
        });
  }

  void connected() {
    if (descriptor->is_open()) descriptor->release();
    descriptor->assign(PQsocket(handle));
    if (PQsetnonblocking(handle, 1) != 0 || PQenterPipelineMode(handle) != 1) {
      fail_connect();
      return;
    }
    state = State::ready;
    back_off = {};
    progress = now();
    auto reads = std::exchange(waiting, {});
    for (auto& read : reads)
      if (!read->abandoned) send(std::move(read));
    push();
    if (owed.empty()) rest();
  }

  void fail_connect() {
    disconnect();
    back_off = std::clamp(back_off * 2, kBackOffMin, kBackOffMax);
    not_before = now() + back_off;
    refuse_waiting();
    rest();
  }

  void refuse_waiting() {
    auto reads = std::exchange(waiting, {});
    for (const auto& read : reads) answer(*read, gone());
  }

  void disconnect() {
    state = State::closed;
    if (descriptor && descriptor->is_open()) descriptor->release();
    reading = writing = false;
    if (handle != nullptr) PQfinish(std::exchange(handle, nullptr));
    prepared.clear();
    in_batch = 0;
  }

  // What was under way moves to a new connection, once.
  void lose() {
    log::warn("the connection for reads broke",
              {{"message", handle ? PQerrorMessage(handle) : ""}});
    std::vector<std::shared_ptr<PgRead>> reads;
    const auto collect = [&](const std::shared_ptr<PgRead>& read) {
      if (read && std::ranges::find(reads, read) == reads.end()) reads.push_back(read);
    };
    for (const Owed& one : owed) collect(one.read);
    for (const auto& read : waiting) collect(read);
    owed.clear();
    waiting.clear();
    disconnect();
    for (const auto& read : reads) {
      if (read->abandoned) continue;
      if (read->error || std::exchange(read->moved, true))
        answer(*read, gone());
      else
        waiting.push_back(read);
    }
    if (waiting.empty())
      rest();
    else
      connect();
  }

  // -- time

  // One timer for all that is under way.
  void sweep() {
    if (sweeping || (owed.empty() && state != State::connecting)) return;
    sweeping = true;
    timer->expires_after(std::chrono::microseconds(kSweep.us));
    timer->async_wait([self = shared_from_this()](boost::system::error_code code) {
      self->sweeping = false;
      if (code) {
        // Cancelled by rest(); something may have begun since.
        if (self->timer) self->sweep();
        return;
      }
      const Duration silent = now() - self->progress;
      if (self->state == State::connecting && silent > kConnectMax)
        self->fail_connect();
      else if (!self->owed.empty() && silent > kAnswerMax)
        self->lose();
      self->sweep();
    });
  }

  void rest() {
    if (sweeping) timer->cancel();
  }

  void close() {
    const std::lock_guard lock(closing);
    if (!descriptor) return;
    disconnect();
    descriptor.reset();
    timer.reset();
    owed.clear();
    waiting.clear();
  }
};

namespace {

// The pipelines of one loop. Part of its io_context, so that they end before it does.
class LoopPipelines final : public asio::execution_context::service {
 public:
  using key_type = LoopPipelines;
  static asio::execution_context::id id;

  // The warm objects make sure that the services they need are older than this one, and so are shut
  // down after it.
  explicit LoopPipelines(asio::execution_context& context)
      : service(context),
        descriptor_(static_cast<asio::io_context&>(context)),
        timer_(static_cast<asio::io_context&>(context)) {}

  std::unordered_map<std::uint64_t, std::shared_ptr<PgPipeline>> by_key;

 private:
  void shutdown() override {
    for (const auto& one : by_key) one.second->close();
    by_key.clear();
    descriptor_.reset();
    timer_.reset();
  }
  struct Descriptor : std::optional<asio::posix::stream_descriptor> {
    explicit Descriptor(asio::io_context& context) { emplace(context); }
  };
  struct Timer : std::optional<asio::steady_timer> {
    explicit Timer(asio::io_context& context) { emplace(context); }
  };
  Descriptor descriptor_;
  Timer timer_;
};

asio::execution_context::id LoopPipelines::id;

}  // namespace

std::shared_ptr<PgPipeline> PgPipeline::here(
    std::uint64_t key, const PgLogin& login,
    const std::function<void(const std::shared_ptr<PgPipeline>&)>& made) {
  auto& context = *static_cast<asio::io_context*>(runtime::Loop::current()->native());
  auto& slot = asio::use_service<LoopPipelines>(context).by_key[key];
  if (!slot) {
    slot.reset(new PgPipeline(std::make_shared<Impl>(context, login)));
    made(slot);
  }
  return slot;
}

PgPipeline::~PgPipeline() { close(); }
void PgPipeline::close() { impl_->close(); }

void PgPipeline::run(const std::shared_ptr<PgRead>& read) {
  struct Leave {
    ~Leave() { read.abandoned = true; }
    PgRead& read;
  };
  const Leave leave{*read};
  impl_->submit(read);
  read->done.wait();
}

}  // namespace ks::sql
