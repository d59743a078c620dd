#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "domain/audit/chain.hpp"

namespace ks::audit {

// The ends of chains, written down where the database cannot reach. A sink is a list of lines, each
// a JSON object with a number, the chain, its end, and a MAC over all of that and the line before;
// so that a line that was changed, and lines that are gone, are found.
struct SinkEntry {
  AuditChain chain;
  AuditHead head;
};

// Makes lines that follow each other.
class SinkLines {
 public:
  explicit SinkLines(std::string key) : key_(std::move(key)) {}

  // With its line break.
  std::string next(const SinkEntry& entry, Time at);

  struct Line {
    std::int64_t number = 0;
    Time at;
    SinkEntry entry;
    std::string prev;
    std::string link;
  };
  enum class Look { good, changed, no_line };
  // Whether `text` is a line by itself, which is then given; what it follows is for the caller to
  // see.
  Look read(std::string_view text, std::optional<Line>& into) const;
  void go_on_after(const Line& line);

 private:
  std::string link(std::string_view number, std::string_view at, const SinkEntry& entry,
                   std::string_view prev) const;
  std::string key_;
  std::int64_t number_ = 0;
  std::string last_;
};

class HeadSink {
 public:
  virtual ~HeadSink() = default;
  // Whether the entries are still the newest ends; asked when nobody else can write any more until
  // these are written, so that a chain never goes back in a sink.
  using Still = std::function<Result<bool>()>;
  // True: the entries are durable. False: they were not the newest, and nothing was written.
  virtual Result<bool> append(const std::vector<SinkEntry>& entries, Time now,
                              const Still& still) = 0;
};

// Appends to a file, which it makes; nobody else may read it. Several processes may share it.
std::unique_ptr<HeadSink> file_sink(std::string path, std::string key);
// One line of the log for each entry, in its field "entry". Numbers begin again with each process.
std::unique_ptr<HeadSink> log_sink(std::string key);

// A line of a sink that is what was written, as it is read.
struct SinkLine {
  std::int64_t place = 0;  // In the file, from 1.
  Time at;
  SinkEntry entry;
  // The line of the chain before it, in the same run of lines: which row it told of, and its place.
  // 0 where there is none.
  std::int64_t before_seq = 0;
  std::int64_t before_place = 0;
};

// What a sink says.
struct SinkReading {
  // The highest end of each chain, by chain_name().
  std::map<std::string, SinkEntry, std::less<>> heads;
  std::int64_t lines = 0;
  Time last_at;  // When the newest line was written.
  // Lines that are no heads of chains, such as others of a server's log, and where the first is.
  // They are passed over and are no faults.
  std::int64_t others = 0;
  std::int64_t first_other = 0;
  // What is wrong with the sink itself, in words.
  std::vector<std::string> faults;
};
std::string chain_name(const AuditChain& chain);

// Reads the file line by line, also lines of a server's log as they are, and shows each good line
// to `visit`; memory is for two entries a chain, however many lines there are. A line that was torn
// by a crash is passed over when the next one follows the one before it. `unavailable`
// "audit_sink_unavailable" with the path where it cannot be read; `absent` says what no file is: of
// a server's own sink an empty one, since nobody may have told it anything yet.
enum class AbsentSink { empty, unavailable };
Result<SinkReading> read_sink(const std::string& path, const std::string& key,
                              const std::function<Result<void>(const SinkLine&)>& visit = {},
                              AbsentSink absent = AbsentSink::empty);

}  // namespace ks::audit
