#include "sql/driver/sqlite/database.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "runtime/caught.hpp"
#include "runtime/loop.hpp"
#include "sql/driver/sqlite/writer.hpp"

namespace ks::sql {

namespace {

bool in_memory(const std::string& path) { return path == ":memory:"; }

// Held as long as the file is open here.
class FileLock {
 public:
  static Result<std::unique_ptr<FileLock>> take(const std::string& path) {
    if (in_memory(path)) return std::unique_ptr<FileLock>();
    const auto parent = std::filesystem::path(path).parent_path();
    std::error_code failed;
    if (!parent.empty()) std::filesystem::create_directories(parent, failed);
    const std::string name = path + ".lock";
    const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
      return database_unavailable(
          fmt::format("{} cannot be opened: {}.", name, std::strerror(errno)));
    std::unique_ptr<FileLock> lock(new FileLock(fd));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
      return database_unavailable(
          fmt::format("Another process uses the database {} (it holds {}). One process at a time "
                      "can; use PostgreSQL for several.",
                      path, name));
    return lock;
  }
  ~FileLock() { ::close(fd_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// Makes the file first, so that nobody else may read it whatever the umask is; the files beside it
// get the same mode from SQLite.
Result<std::unique_ptr<SqliteConnection>> open_file(const std::string& path) {
  if (!in_memory(path)) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
      return database_unavailable(
          fmt::format("{} cannot be opened: {}.", path, std::strerror(errno)));
    ::close(fd);
  }
  return SqliteConnection::open(path, SqliteConnection::Access::read_write);
}

// Read connections, one in use by a thread at a time. A thread comes back to the one it had before,
// whose cache is warm. Where all are in use a read waits for one.
class Readers {
 public:
  explicit Readers(std::string path, std::shared_ptr<const ConstraintNames> names)
      : path_(std::move(path)), names_(std::move(names)) {}

  Result<void> with(const std::function<Result<void>(SqliteConnection&)>& work) {
    Slot* slot = take();
    if (slot == nullptr) slot = wait();
    if (slot == nullptr) return database_unavailable("Too many reads at once.");
    const Free free(*this, *slot);
    if (!slot->connection) {
      KS_TRY(slot->connection, SqliteConnection::open(path_, SqliteConnection::Access::read_only));
      slot->connection->use(names_);
    }
    return work(*slot->connection);
  }

  // While nobody reads.
  void close() {
    for (Slot& slot : slots_) slot.connection.reset();
  }

 private:
  struct Slot {
    std::atomic<bool> busy{false};
    std::unique_ptr<SqliteConnection> connection;
  };
  struct Free {
    Free(Readers& r, Slot& s) : readers(r), slot(s) {}
    // In one order with what wait() does: it sees the slot, or is seen.
    ~Free() {
      slot.busy.store(false);
      if (readers.waiting_.load() > 0) readers.freed_.release();
    }
    Readers& readers;
    Slot& slot;
  };

  // One that was free; null where none was.
  Slot* take() {
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t kThread = threads++;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Slot& slot = slots_[(kThread + i) % slots_.size()];
      if (!slot.busy.exchange(true)) return &slot;
    }
    return nullptr;
  }

  // Null where none became free in kConnectionWaitMax.
  Slot* wait() {
    ++waiting_;
    Slot* slot = take();
    while (slot == nullptr && freed_.acquire(kConnectionWaitMax)) slot = take();
    --waiting_;
    return slot;
  }

  std::string path_;
  std::shared_ptr<const ConstraintNames> names_;
  std::array<Slot, 64> slots_;
  std::atomic<int> waiting_{0};
  // Released more often than anybody waits where one found a slot by itself.
  runtime::Semaphore freed_{0};
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::unique_ptr<FileLock> lock, std::unique_ptr<SqliteConnection> connection,
                 std::shared_ptr<const ConstraintNames> names, const std::string& path)
      : lock_(std::move(lock)), memory_(in_memory(path)), readers_(path, std::move(names)) {
    writer_.emplace(std::move(connection), listeners_);
  }
  // The last connection to close empties the write-ahead log into the file, which one that only
  // reads cannot.
  ~SqliteDatabase() override { readers_.close(); }

  Result<void> ready() override {
    if (memory_) return {};
    return readers_.with([](SqliteConnection& connection) -> Result<void> {
      KS_TRY(const int version, sqlite_schema_version(connection));
      return check_version(Engine::sqlite, version);
    });
  }

  void on_feed(FeedListener listener) override { listeners_.add(std::move(listener)); }

 protected:
  Result<void> run(Mode mode, Lane lane, const ReadGuard* guard, std::string_view whose,
                   const std::function<Result<void>(Tx&)>& body) override {
    const OpenLane open = lane == Lane::fleet ? OpenLane::fleet : OpenLane::tenant;
    if (mode == Mode::write) return writer_->run(SqliteTx::Mode::write, open, guard, whose, body);
    if (memory_) return writer_->run(SqliteTx::Mode::read, open, guard, {}, body);
    return readers_.with([&](SqliteConnection& connection) {
      // Guarded reads are those that come again and again.
      if (guard != nullptr)
        if (auto known = read_known(connection, open, *guard, body)) return std::move(*known);
      return read_on(connection, open, guard, body);
    });
  }

 private:
  static Result<void> run_body(SqliteTx& tx, const ReadGuard* guard,
                               const std::function<Result<void>(Tx&)>& body) {
    Result<void> result;
    if (guard != nullptr) result = tx.check(*guard);
    try {
      if (result) result = body(tx);
    } catch (...) {
      return bug(runtime::caught());
    }
    if (result && tx.failure()) return std::unexpected(*tx.failure());
    return result;
  }

  static Result<void> read_on(SqliteConnection& connection, OpenLane lane, const ReadGuard* guard,
                              const std::function<Result<void>(Tx&)>& body) {
    KS_CHECK(begin_read(connection));
    SqliteTx tx(connection, SqliteTx::Mode::read, lane);
    auto result = run_body(tx, guard, body);
    end_read(connection);
    return result;
  }

  // None where it has to be read in the ordinary way.
  std::optional<Result<void>> read_known(SqliteConnection& connection, OpenLane lane,
                                         const ReadGuard& guard,
                                         const std::function<Result<void>(Tx&)>& body) {
    const auto stamp = connection.stamp();
    if (!stamp) return std::nullopt;
    SqliteKnownRead tx(connection, lane, answers_, *stamp);
    auto result = run_body(tx, &guard, body);
    if (tx.torn()) return std::nullopt;
    return result;
  }

  std::unique_ptr<FileLock> lock_;
  const bool memory_;
  FeedListeners listeners_;
  SqliteAnswers answers_;
  Readers readers_;
  // Last, so that it ends before what it uses.
  std::optional<SqliteWriter> writer_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options, const Clock& clock) {
  std::unique_ptr<FileLock> lock;
  if (options.visit) {
    // Opening would make an empty one of a path that was mistyped.
    if (std::error_code ignored; !std::filesystem::is_regular_file(options.path, ignored))
      return unavailable("database_unavailable",
                         fmt::format("There is no database {}.", options.path));
  } else {
    KS_TRY(lock, FileLock::take(options.path));
  }
  KS_TRY(auto connection, open_file(options.path));
  if (options.pages_max > 0)
    KS_CHECK(connection->script(fmt::format("PRAGMA max_page_count = {}", options.pages_max)));
  if (!options.visit && (options.auto_migrate || in_memory(options.path)))
    KS_CHECK(migrate_sqlite(*connection, clock.now()));
  KS_TRY(const int version, sqlite_schema_version(*connection));
  KS_CHECK(check_version(Engine::sqlite, version));
  KS_TRY(auto names, connection->constraint_names());
  auto shared = std::make_shared<const ConstraintNames>(std::move(names));
  connection->use(shared);
  return std::make_unique<SqliteDatabase>(std::move(lock), std::move(connection), std::move(shared),
                                          options.path);
}

Result<MigrationReport> migrate_sqlite_file(const std::string& path, const Clock& clock) {
  KS_TRY(const auto lock, FileLock::take(path));
  KS_TRY(const auto connection, open_file(path));
  return migrate_sqlite(*connection, clock.now());
}

}  // namespace ks::sql
