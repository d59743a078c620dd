#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sql/driver/sqlite/connection.hpp"
#include "sql/driver/sqlite/tx.hpp"

namespace ks::sql {

// The only writer of a file. Bodies that wait at the same time run one after the other, each in a
// savepoint of its own, and commit together: one sync of the disk for all of them.
class SqliteWriter {
 public:
  SqliteWriter(std::unique_ptr<SqliteConnection> connection, const FeedListeners& listeners);
  // Ends what is queued, then the thread.
  ~SqliteWriter();

  // Waits until the body's changes are durable, or it is certain that they are not there.
  // Who has jobs queued under a name takes turns with the others, one job each.
  Result<void> run(SqliteTx::Mode mode, OpenLane lane, const ReadGuard* guard,
                   std::string_view whose, const std::function<Result<void>(Tx&)>& body);

 private:
  struct Job;
  // The jobs under one name that wait, in the order they came.
  struct Line {
    std::string name;
    std::deque<std::shared_ptr<Job>> jobs;
  };
  // Leaves no job behind that refers to a caller who is gone.
  class Stay;

  void serve();
  // Under the mutex.
  Result<void> queue(std::shared_ptr<Job> job, std::string_view whose);
  std::shared_ptr<Job> next();
  // Returns how many of the jobs, from the front, were dealt with.
  std::size_t run_group(const std::vector<std::shared_ptr<Job>>& jobs);
  Result<void> run_one(Job& job);
  void finish(const std::vector<std::shared_ptr<Job>>& jobs, std::size_t count);

  std::unique_ptr<SqliteConnection> connection_;
  const FeedListeners& listeners_;
  std::mutex mutex_;
  std::condition_variable work_there_;
  std::condition_variable job_ended_;
  // The lines in the order of their turns; none is empty but one whose callers went away. Under a
  // name there is one; a job without a name has its own.
  std::deque<std::shared_ptr<Line>> lines_;
  std::map<std::string, std::shared_ptr<Line>, std::less<>> by_name_;
  std::size_t queued_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace ks::sql
