#pragma once

#include <cstdint>
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
  // When it returns, the entries are durable.
  virtual Result<void> append(const std::vector<SinkEntry>& entries, Time now) = 0;
};

// Appends to a file, which it makes; nobody else may read it. Several processes may share it.
std::unique_ptr<HeadSink> file_sink(std::string path, std::string key);
// One line of the log for each entry, in its field "entry". Numbers begin again with each process.
std::unique_ptr<HeadSink> log_sink(std::string key);

// What a sink says.
struct SinkReading {
  // The last end of each chain, by chain_name().
  std::map<std::string, SinkEntry, std::less<>> heads;
  std::int64_t lines = 0;
  // What is wrong with the sink itself, in words.
  std::vector<std::string> faults;
};
std::string chain_name(const AuditChain& chain);

// Reads the file line by line; memory is for one entry a chain. No file is an empty sink. A line
// that was torn by a crash is passed over when the next one follows the one before it.
Result<SinkReading> read_sink(const std::string& path, const std::string& key);

}  // namespace ks::audit
