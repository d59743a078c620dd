#include "sql/driver/postgres/pipeline.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/log.hpp"
#include "sql/driver/calm.hpp"
#include "sql/driver/postgres/guarded.hpp"
#include "sql/driver/postgres/owed.hpp"
#include "sql/driver/postgres/wire.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace asio = boost::asio;

namespace {
// Reads that share a Sync; a failure among them sends the ones behind it again.
constexpr int kBatchMax = 16;
// What one connection takes on; beyond it answers would come too late anyway.
constexpr std::size_t kWaitingMax = 4096;
constexpr int kSkippedMax = 3;

Error gone() {
  return database_unavailable("The database cannot be reached at the moment.").error();
}
}  // namespace

struct PgPipeline::Impl final : PgWire::User, std::enable_shared_from_this<Impl> {
  using Part = PgOwed::Part;
  using Text = PgText;
  using Owed = PgOwed;

  explicit Impl(std::shared_ptr<PgWire> over) : wire(std::move(over)) {}

  std::shared_ptr<PgWire> wire;
  std::deque<Owed> owed;
  std::deque<std::shared_ptr<PgRead>> waiting;  // For a connection.
  std::map<Text, PgPrepared> prepared;
  int in_batch = 0;
  // What the settings are at the end of the open batch; they last until its Sync.
  std::optional<std::array<std::string, 3>> bound;
  bool turn_posted = false;
  // Asked for in this turn and not sent before its end, so that all of the turn may share it.
  std::shared_ptr<PgRead> stamp_wanted;
  Calm calm;

  // -- asking

  std::shared_ptr<PgRead> want_stamp() {
    if (!stamp_wanted) {
      stamp_wanted = std::make_shared<PgRead>(nullptr, nullptr, nullptr, nullptr);
      stamp_wanted->statement = &kStamp;
      stamp_wanted->unbound = true;
      end_turn_later();
    }
    return stamp_wanted;
  }

  void end_turn_later() {
    if (std::exchange(turn_posted, true)) return;
    wire->post([self = shared_from_this()] { self->end_turn(); });
  }

  void end_turn() {
    turn_posted = false;
    if (auto stamp = std::exchange(stamp_wanted, nullptr)) submit(std::move(stamp));
    if (wire->state() != PgWire::State::ready) return;
    close_batch();
    wire->push();
  }

  void submit(std::shared_ptr<PgRead> read) {
    if (wire->state() == PgWire::State::ready) {
      send(std::move(read));
      return;
    }
    if (waiting.size() >= kWaitingMax) {
      answer(*read, gone());
      return;
    }
    waiting.push_back(std::move(read));
    if (wire->state() == PgWire::State::closed) wire->connect();
  }

  static void answer(PgRead& read, std::optional<Error> error) {
    if (error) read.error = std::move(error);
    read.done.set();
  }

  // False when `read` was answered, because the statement is wrong.
  bool prepare(const Text& text, PgRead& read) {
    const auto found = prepared.find(text);
    if (found != prepared.end()) {
      if (found->second.refused) answer(read, *found->second.refused);
      return !found->second.refused;
    }
    // In a transaction of its own, which no other statement can abort.
    close_batch();
    const std::string name = fmt::format("s{}", prepared.size());
    prepared[text] = {name, std::nullopt};
    const std::string sql = text.guarded ? guarded_text(*text.of) : std::string(text.of->postgres);
    if (PQsendPrepare(wire->handle(), name.c_str(), sql.c_str(), 0, nullptr) == 1)
      owed.push_back({Part::prepare, text, nullptr});
    in_batch = 1;
    close_batch();
    return true;
  }

  void send_part(Part part, const Text& text, std::span<const Value> values,
                 const std::shared_ptr<PgRead>& read, bool last) {
    const PgParameters parameters(values);
    // Owed even when libpq refused it, which it does when the connection is gone: then the next
    // push loses the connection, and all that is owed moves to another.
    (void)PQsendQueryPrepared(wire->handle(), prepared[text].name.c_str(), parameters.count(),
                              parameters.values(), nullptr, nullptr, 0);
    owed.push_back({part, text, read, last});
  }

  void send(std::shared_ptr<PgRead> read) {
    read->skip_now = false;
    if (owed.empty()) wire->begin_wait();
    const bool guarded = read->guard != nullptr && !read->guard_apart &&
                         read->statement != nullptr &&
                         carries_guard(*read->statement, *read->guard, read->settings[0].text());
    const Text bind{&kBindScope, false};
    const Text guard{q::session_guard.text, false};
    const Text statement{read->statement, guarded};
    const bool guard_alone = read->guard != nullptr && !guarded;
    if (!read->unbound && !prepare(bind, *read)) return;
    if (guard_alone && !prepare(guard, *read)) return;
    if (read->statement != nullptr && !prepare(statement, *read)) return;
    // One that was skipped goes alone, so that no neighbour can hold it back again.
    if (read->skipped > 0) close_batch();
    if (!read->unbound && !binds(*read)) send_part(Part::bind, bind, read->settings, read, false);
    if (guard_alone)
      send_part(Part::guard, guard, parameters_of(*read->guard), read, read->statement == nullptr);
    if (guarded) {
      send_part(Part::guarded, statement, guarded_parameters(read->parameters, *read->guard), read,
                true);
    } else if (read->statement != nullptr) {
      send_part(Part::statement, statement, read->parameters, read, true);
    }
    if (++in_batch >= kBatchMax || read->skipped > 0) {
      close_batch();
      wire->push();
      return;
    }
    end_turn_later();
  }

  // Whether the settings are those of `read` by what was sent before in this batch; if not, they
  // will be.
  bool binds(const PgRead& read) {
    const auto same = [](const std::string& was, const Value& is) { return was == is.text(); };
    if (bound && std::ranges::equal(*bound, read.settings, same)) return true;
    bound.emplace();
    for (std::size_t i = 0; i < bound->size(); ++i) (*bound)[i] = read.settings[i].text();
    return false;
  }

  void close_batch() {
    bound.reset();
    if (in_batch == 0) return;
    in_batch = 0;
    if (PQpipelineSync(wire->handle()) == 1)
      owed.push_back({Part::sync, Text{nullptr, false}, nullptr});
  }

  // -- answering

  bool awaits() const override { return !owed.empty(); }

  void readable() override {
    if (!wire->take()) {
      lost();
      return;
    }
    std::vector<std::shared_ptr<PgRead>> again;
    int nothing = 0;
    while (!owed.empty() && PQisBusy(wire->handle()) == 0) {
      PgResult result(PQgetResult(wire->handle()));
      Owed& front = owed.front();
      if (!result) {
        if (front.seen) {
          const Owed over = std::move(front);
          owed.pop_front();
          if (over.last) complete(over.read, again);
        } else if (++nothing > 2) {
          lost();
          return;
        }
        continue;
      }
      nothing = 0;
      if (front.part == Part::sync) {
        if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) {
          lost();
          return;
        }
        owed.pop_front();
        continue;
      }
      front.seen = true;
      if (!keep(front, result.get())) {
        lost();
        return;
      }
    }
    for (auto& read : again) submit(std::move(read));
  }

  // False when the connection is lost.
  bool keep(const Owed& of, pg_result* result) {
    const PgOutcome outcome = outcome_of(result);
    if (outcome == PgOutcome::failed) {
      PgFailure failure = failure_of(result, of.text.of->name);
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
    else if (of.part == Part::guarded && !(of.read->rows = guarded_rows(result)))
      of.read->error = stale_guard().error();
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

  // -- the connection

  void connected() override {
    auto reads = std::exchange(waiting, {});
    for (auto& read : reads)
      if (!read->abandoned) submit(std::move(read));
  }

  void connect_failed() override {
    auto reads = std::exchange(waiting, {});
    for (const auto& read : reads) answer(*read, gone());
  }

  // What was under way moves to a new connection, once.
  void lost() override {
    log::warn("the connection for reads broke",
              {{"message", wire->handle() ? PQerrorMessage(wire->handle()) : ""}});
    std::vector<std::shared_ptr<PgRead>> reads;
    const auto collect = [&](const std::shared_ptr<PgRead>& read) {
      if (read && std::ranges::find(reads, read) == reads.end()) reads.push_back(read);
    };
    for (const Owed& one : owed) collect(one.read);
    for (const auto& read : waiting) collect(read);
    drop();
    wire->disconnect();
    for (const auto& read : reads) {
      if (read->abandoned) continue;
      if (read->error || std::exchange(read->moved, true))
        answer(*read, gone());
      else
        waiting.push_back(read);
    }
    if (!waiting.empty()) wire->connect();
  }

  void drop() {
    owed.clear();
    waiting.clear();
    prepared.clear();
    bound.reset();
    in_batch = 0;
  }

  void close() {
    wire->close();
    drop();
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
        descriptor_(std::in_place, static_cast<asio::io_context&>(context)),
        timer_(std::in_place, static_cast<asio::io_context&>(context)) {}

  std::unordered_map<std::uint64_t, std::shared_ptr<PgPipeline>> by_key;

 private:
  void shutdown() override {
    for (const auto& one : by_key) one.second->close();
    by_key.clear();
    descriptor_.reset();
    timer_.reset();
  }
  std::optional<asio::posix::stream_descriptor> descriptor_;
  std::optional<asio::steady_timer> timer_;
};

asio::execution_context::id LoopPipelines::id;

}  // namespace

std::shared_ptr<PgPipeline> PgPipeline::here(
    std::uint64_t key, const PgLogin& login,
    const std::function<void(const std::shared_ptr<PgPipeline>&)>& made) {
  void* const native = runtime::Loop::current()->native();
  auto& slot =
      asio::use_service<LoopPipelines>(*static_cast<asio::io_context*>(native)).by_key[key];
  if (!slot) {
    const auto wire = std::make_shared<PgWire>(native, login);
    const auto impl = std::make_shared<Impl>(wire);
    wire->serve(impl);
    slot.reset(new PgPipeline(impl));
    made(slot);
  }
  return slot;
}

PgPipeline::~PgPipeline() { close(); }
void PgPipeline::close() { impl_->close(); }

namespace {
// On every way out of a fiber that waits: what its read views is gone then.
struct Leave {
  ~Leave() { read.abandoned = true; }
  PgRead& read;
};

std::optional<PgStamp> stamp_of(const PgRead& read) {
  if (read.error || !read.rows || read.rows->rows() != 1) return std::nullopt;
  return PgStamp(read.rows->text(read.rows->cell(0, 0)));
}
}  // namespace

void PgPipeline::run(const std::shared_ptr<PgRead>& read) {
  const Leave leave{*read};
  impl_->submit(read);
  read->done.wait();
}

// A stamp's read views nothing, and others may wait for it.
std::optional<PgStamp> PgPipeline::stamp() {
  const auto read = impl_->want_stamp();
  read->done.wait();
  return stamp_of(*read);
}

std::optional<PgStamp> PgPipeline::run_before_stamp(const std::shared_ptr<PgRead>& read) {
  const Leave leave{*read};
  impl_->submit(read);
  const auto after = impl_->want_stamp();
  read->done.wait();
  if (read->error) return std::nullopt;
  after->done.wait();
  if (read->sent_again()) return std::nullopt;
  return stamp_of(*after);
}

bool PgPipeline::is_calm() { return impl_->calm.ask(); }
void PgPipeline::tell(bool known_answer_held) { impl_->calm.tell(known_answer_held); }

}  // namespace ks::sql
