#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/loop.hpp"
#include "sql/driver/engine.hpp"
#include "sql/driver/postgres/login.hpp"
#include "sql/driver/postgres/result.hpp"

namespace ks::sql {

// One read on its way: the scope's settings, the guard if any, one statement. Owned by the fiber
// that waits for it and by the pipeline.
struct PgRead {
  PgRead(Value client, Value org, Value user, const ReadGuard* to_check)
      : settings{client, org, user}, guard(to_check) {}
  std::array<Value, 3> settings;             // client, org, user
  const ReadGuard* guard;                    // Null: none.
  const StatementText* statement = nullptr;  // Null: the guard alone.
  std::vector<Value> parameters;

  std::shared_ptr<const RowTable> rows;
  std::shared_ptr<const RowTable> guard_rows;
  std::optional<Error> error;
  runtime::Event done;

  // The pipeline's own notes.
  int skipped = 0;         // How often it was skipped because another of its batch failed.
  bool moved = false;      // Sent again on a new connection.
  bool skip_now = false;   // A part of it was skipped in this sending.
  bool abandoned = false;  // Its fiber is gone: the views above are dangling.
};

// The reads of one loop over one connection: everything that fibers ask for in one turn of the loop
// goes out together, and answers come back in order. All of it is read-only, so that reads of one
// turn may share an implicit transaction and each may be repeated.
//
// Lives on its loop's thread. While nothing is asked it does not keep the loop from being idle.
class PgPipeline {
 public:
  // The pipeline of the calling fiber's loop; made when there is none, and then told to `made`.
  // `key` tells databases apart. Ends with its loop.
  static std::shared_ptr<PgPipeline> here(
      std::uint64_t key, const PgLogin& login,
      const std::function<void(const std::shared_ptr<PgPipeline>&)>& made);

  // Waits for the answer; the request's `error` or `rows` is set then.
  void run(const std::shared_ptr<PgRead>& read);
  // No read may be under way; from any thread.
  void close();

  ~PgPipeline();
  PgPipeline(const PgPipeline&) = delete;
  PgPipeline& operator=(const PgPipeline&) = delete;

 private:
  struct Impl;
  explicit PgPipeline(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::sql
