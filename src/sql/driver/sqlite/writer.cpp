#include "sql/driver/sqlite/writer.hpp"

#include "runtime/caught.hpp"
#include "runtime/loop.hpp"

namespace ks::sql {

namespace {
// Enough to spread the cost of a sync; small enough that the first in the group does not wait for
// the bodies of a crowd.
constexpr std::size_t kGroupMax = 64;
// Some seconds of work; beyond it the caller is better told at once.
constexpr std::size_t kQueueMax = 4096;
// Of one name, so that it does not keep the others out of the queue.
constexpr std::size_t kLineMax = 256;

constexpr StatementText kBegin = sqlite_text("BEGIN IMMEDIATE");
constexpr StatementText kCommit = sqlite_text("COMMIT");
constexpr StatementText kRollback = sqlite_text("ROLLBACK");
constexpr StatementText kSave = sqlite_text("SAVEPOINT body");
constexpr StatementText kRelease = sqlite_text("RELEASE body");
constexpr StatementText kUndo = sqlite_text("ROLLBACK TO body");
}  // namespace

struct SqliteWriter::Job {
  SqliteTx::Mode mode;
  OpenLane lane;
  const ReadGuard* guard;
  const std::function<Result<void>(Tx&)>* body;
  std::weak_ptr<Line> line;  // Where it waits.
  std::vector<OrgId> feeds;
  Result<void> result;
  runtime::Event ended;
  // Under the writer's mutex.
  enum class State { queued, running, over } state = State::queued;
};

class SqliteWriter::Stay {
 public:
  Stay(SqliteWriter& writer, std::shared_ptr<Job> job) : writer_(writer), job_(std::move(job)) {}
  ~Stay() {
    std::unique_lock lock(writer_.mutex_);
    if (job_->state == Job::State::queued) {
      if (const auto line = job_->line.lock()) writer_.queued_ -= std::erase(line->jobs, job_);
      return;
    }
    // Hardly ever waits: the writer is at the end of finish(), or this fiber is being destroyed
    // while its body runs on the writer's thread.
    writer_.job_ended_.wait(lock, [&] { return job_->state == Job::State::over; });
  }
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;

 private:
  SqliteWriter& writer_;
  std::shared_ptr<Job> job_;
};

SqliteWriter::SqliteWriter(std::unique_ptr<SqliteConnection> connection,
                           const FeedListeners& listeners)
    : connection_(std::move(connection)), listeners_(listeners), thread_([this] { serve(); }) {}

SqliteWriter::~SqliteWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_there_.notify_all();
  thread_.join();
}

Result<void> SqliteWriter::run(SqliteTx::Mode mode, OpenLane lane, const ReadGuard* guard,
                               std::string_view whose,
                               const std::function<Result<void>(Tx&)>& body) {
  auto job = std::make_shared<Job>();
  job->mode = mode;
  job->lane = lane;
  job->guard = guard;
  job->body = &body;
  {
    const std::lock_guard lock(mutex_);
    KS_CHECK(queue(job, whose));
  }
  work_there_.notify_one();
  const Stay stay(*this, job);
  job->ended.wait();
  return std::move(job->result);
}

Result<void> SqliteWriter::queue(std::shared_ptr<Job> job, std::string_view whose) {
  if (queued_ >= kQueueMax)
    return database_unavailable("The database has more to write than it can.");
  const auto known = whose.empty() ? by_name_.end() : by_name_.find(whose);
  std::shared_ptr<Line> line;
  if (known != by_name_.end()) {
    line = known->second;
    if (line->jobs.size() >= kLineMax)
      return database_unavailable("Too many changes of one organization at once.");
  } else {
    line = std::make_shared<Line>(Line{std::string(whose), {}});
    if (!whose.empty()) by_name_.emplace(line->name, line);
    lines_.push_back(line);
  }
  job->line = line;
  line->jobs.push_back(std::move(job));
  ++queued_;
  return {};
}

std::shared_ptr<SqliteWriter::Job> SqliteWriter::next() {
  while (!lines_.empty()) {
    auto line = std::move(lines_.front());
    lines_.pop_front();
    std::shared_ptr<Job> job;
    if (!line->jobs.empty()) {
      job = std::move(line->jobs.front());
      line->jobs.pop_front();
      --queued_;
    }
    if (line->jobs.empty())
      by_name_.erase(line->name);
    else
      lines_.push_back(std::move(line));
    if (job) return job;
  }
  return nullptr;
}

void SqliteWriter::serve() {
  for (;;) {
    std::vector<std::shared_ptr<Job>> jobs;
    {
      std::unique_lock lock(mutex_);
      work_there_.wait(lock, [&] { return stopping_ || queued_ > 0; });
      if (queued_ == 0) return;
      while (queued_ > 0 && jobs.size() < kGroupMax) {
        jobs.push_back(next());
        jobs.back()->state = Job::State::running;
      }
    }
    while (!jobs.empty()) {
      const std::size_t done = run_group(jobs);
      finish(jobs, done);
      jobs.erase(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(done));
    }
  }
}

void SqliteWriter::finish(const std::vector<std::shared_ptr<Job>>& jobs, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (jobs[i]->result)
      for (const OrgId& org : jobs[i]->feeds) listeners_.call(org);
  for (std::size_t i = 0; i < count; ++i) {
    jobs[i]->ended.set();
    // Only now may the caller go on, and its loop end: set() has used the loop.
    {
      const std::lock_guard lock(mutex_);
      jobs[i]->state = Job::State::over;
    }
    job_ended_.notify_all();
  }
}

Result<void> SqliteWriter::run_one(Job& job) {
  SqliteTx tx(*connection_, job.mode, job.lane);
  if (job.guard != nullptr) KS_CHECK(tx.check(*job.guard));
  // What one body throws must reach neither the bodies beside it nor this thread's end.
  try {
    Result<void> result = (*job.body)(tx);
    if (result && tx.failure()) return std::unexpected(*tx.failure());
    job.feeds = tx.changed_feeds();
    return result;
  } catch (...) {
    return bug(runtime::caught());
  }
}

std::size_t SqliteWriter::run_group(const std::vector<std::shared_ptr<Job>>& jobs) {
  const auto fail_from_start = [&](std::size_t count, const Error& why) {
    for (std::size_t i = 0; i < count; ++i)
      if (jobs[i]->result) jobs[i]->result = std::unexpected(why);
    return count;
  };
  if (auto begun = connection_->control(kBegin); !begun)
    return fail_from_start(jobs.size(), begun.error());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Job& job = *jobs[i];
    if (auto saved = connection_->control(kSave); !saved) {
      (void)connection_->control(kRollback);
      return fail_from_start(jobs.size(), saved.error());
    }
    job.result = run_one(job);
    // A full disk may make SQLite undo the whole group; the jobs behind start a new one.
    if (!connection_->in_transaction()) {
      if (job.result) job.result = database_unavailable("The database undid the transaction.");
      return fail_from_start(i + 1, Error(job.result.error()));
    }
    Result<void> closed;
    if (!job.result) closed = connection_->control(kUndo);
    if (closed) closed = connection_->control(kRelease);
    if (!closed) {
      if (connection_->in_transaction()) (void)connection_->control(kRollback);
      return fail_from_start(i + 1, closed.error());
    }
  }
  if (auto committed = connection_->control(kCommit); !committed) {
    if (connection_->in_transaction()) (void)connection_->control(kRollback);
    return fail_from_start(jobs.size(), committed.error());
  }
  return jobs.size();
}

}  // namespace ks::sql
