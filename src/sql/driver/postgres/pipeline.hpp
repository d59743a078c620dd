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
  bool guard_apart = false;                  // Its rows are wanted, so it joins no statement.
  const StatementText* statement = nullptr;  // Null: the guard alone.
  std::vector<Value> parameters;

  std::shared_ptr<const RowTable> rows;
  std::shared_ptr<const RowTable> guard_rows;
  std::optional<Error> error;
  runtime::Event done;

  // Whether it may have been carried out later than those that were sent before and after it.
  bool sent_again() const noexcept { return skipped > 0 || moved; }

  // The pipeline's own notes.
  bool unbound = false;    // Wants no settings.
  int skipped = 0;         // How often it was skipped because another of its batch failed.
  bool moved = false;      // Sent again on a new connection.
  bool skip_now = false;   // A part of it was skipped in this sending.
  bool abandoned = false;  // Its fiber is gone: the views above are dangling.
};

// Which commits a server has seen: its snapshot (equal ones see the same rows), and which server it
// is, since another one may have given the same transactions' numbers to other work.
using PgStamp = std::string;

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
  // Waits for the stamp of a moment after this call; all who ask in one turn of the loop share it.
  // None on a standby, whose snapshots do not tell all, and where the server gives no answer.
  std::optional<PgStamp> stamp();
  // As run(); then the stamp of a moment after the read, in the same flight. None also where the
  // read may have been carried out after that moment.
  std::optional<PgStamp> run_before_stamp(const std::shared_ptr<PgRead>& read);

  // Whether asking for a stamp is worth its while: not where commits come faster than reads come
  // again, as told by who asked before.
  bool is_calm();
  void tell(bool known_answer_held);
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
