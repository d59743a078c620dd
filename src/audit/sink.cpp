#include "audit/sink.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/log.hpp"

namespace ks::audit {

namespace {

constexpr std::size_t kLineMax = 4096;
constexpr std::size_t kFaultsMax = 20;

std::unexpected<Error> sink_unavailable(const std::string& path) {
  return unavailable("audit_sink_unavailable",
                     fmt::format("{}: {}", path, std::generic_category().message(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

class FileSink final : public HeadSink {
 public:
  FileSink(std::string path, std::string key) : path_(std::move(path)), key_(std::move(key)) {}

  Result<bool> append(const std::vector<SinkEntry>& entries, Time now,
                      const Still& still) override {
    if (entries.empty()) return true;
    const auto folder = std::filesystem::path(path_).parent_path();
    std::error_code ignored;
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    // Append only, so that the file may be protected with the attribute of that name.
    const Descriptor file(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (file.get() < 0) return sink_unavailable(path_);
    // A process that lost its lease and does not know yet must not write between two lines.
    if (::flock(file.get(), LOCK_EX) != 0) return sink_unavailable(path_);
    KS_TRY(const bool newest, still());
    if (!newest) return false;
    SinkLines lines(key_);
    std::string text;
    KS_TRY(const bool fresh, go_to_end(file.get(), lines, text));
    for (const SinkEntry& entry : entries) text += lines.next(entry, now);
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t n = ::write(file.get(), rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return sink_unavailable(path_);
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(file.get()) != 0) return sink_unavailable(path_);
    if (!fresh) return true;
    const std::string parent = folder.empty() ? "." : folder.string();
    const Descriptor entry(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (entry.get() < 0 || ::fsync(entry.get()) != 0) return sink_unavailable(parent);
    return true;
  }

 private:
  // Finds the last good line. True where the file is empty. `text` begins with a line break where
  // the last line was torn.
  Result<bool> go_to_end(int fd, SinkLines& lines, std::string& text) const {
    struct stat info{};
    if (::fstat(fd, &info) != 0) return sink_unavailable(path_);
    const auto size = static_cast<std::size_t>(info.st_size);
    if (size == 0) return true;
    for (std::size_t block = 64 * 1024;; block *= 8) {
      const std::size_t from = size > block ? size - block : 0;
      std::string tail(size - from, '\0');
      for (std::size_t got = 0; got < tail.size();) {
        const ssize_t n =
            ::pread(fd, tail.data() + got, tail.size() - got, static_cast<off_t>(from + got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return sink_unavailable(path_);
        got += static_cast<std::size_t>(n);
      }
      if (tail.back() != '\n') text = "\n";
      std::string_view rest = tail;
      while (!rest.empty()) {
        const std::size_t cut = rest.substr(0, rest.size() - 1).rfind('\n');
        const std::string_view line = cut == std::string_view::npos ? rest : rest.substr(cut + 1);
        std::optional<SinkLines::Line> found;
        if (line.ends_with('\n') &&
            lines.read(line.substr(0, line.size() - 1), found) == SinkLines::Look::good) {
          lines.go_on_after(*found);
          return false;
        }
        rest = cut == std::string_view::npos ? std::string_view() : rest.substr(0, cut + 1);
      }
      if (from > 0) continue;
      log::error("the sink of audit heads has no line of ours; it is begun anew",
                 {{"path", path_}});
      return false;
    }
  }

  std::string path_;
  std::string key_;
};

class LogSink final : public HeadSink {
 public:
  explicit LogSink(std::string key) : lines_(std::move(key)) {}

  Result<bool> append(const std::vector<SinkEntry>& entries, Time now,
                      const Still& still) override {
    KS_TRY(const bool newest, still());
    if (!newest) return false;
    for (const SinkEntry& entry : entries) {
      std::string line = lines_.next(entry, now);
      line.pop_back();
      log::record("audit head", {{"entry", line}});
    }
    return true;
  }

 private:
  SinkLines lines_;
};

// The line of a sink that a line of the server's log tells of, in whichever form the log is
// written; the text itself where it is none of a log.
std::string out_of_log(std::string_view text) {
  if (const auto json = parse_json(text); json && json->is_object())
    return json->at("entry").is_string() ? std::string(json->text("entry")) : std::string(text);
  constexpr std::string_view kEntry = " entry=";
  const std::size_t at = text.find(kEntry);
  if (at == text.npos) return std::string(text);
  const auto entry = parse_json(text.substr(at + kEntry.size()));
  return entry && entry->is_string() ? std::string(entry->as_string()) : std::string(text);
}

// Follows the lines of a file.
class Reader {
 public:
  using Visit = std::function<Result<void>(const SinkLine&)>;
  Reader(const std::string& key, const Visit& visit) : lines_(key), visit_(visit) {}

  Result<void> line(std::string_view text) {
    ++place_;
    std::optional<SinkLines::Line> now;
    switch (lines_.read(out_of_log(text), now)) {
      case SinkLines::Look::no_line:
        // A line that should be there is missed by the one after it, and by what the database says.
        if (out.others++ == 0) out.first_other = place_;
        return {};
      case SinkLines::Look::changed:
        fault("the line was changed");
        return {};
      case SinkLines::Look::good:
        break;
    }
    ++out.lines;
    const bool follows = now->number == number_ + 1 && now->prev == link_;
    const bool begins = now->number == 1 && now->prev.empty();
    if (!follows && !begins)
      fault(now->number > number_ + 1
                ? fmt::format("entries {} to {} are gone", number_ + 1, now->number - 1)
                : "the line does not follow the one before it");
    // Another process's log.
    if (begins) last_.clear();
    number_ = now->number;
    link_ = std::move(now->link);
    out.last_at = std::max(out.last_at, now->at);
    const std::string name = chain_name(now->entry.chain);
    const std::int64_t seq = now->entry.head.seq;
    auto [at, fresh] = out.heads.try_emplace(name, now->entry);
    if (!fresh && at->second.head.seq < seq) at->second = now->entry;
    Last& last = last_[name];
    const SinkLine seen{place_, now->at, std::move(now->entry), last.seq, last.place};
    last = {seq, place_};
    return visit_ ? visit_(seen) : Result<void>();
  }

  SinkReading out;

 private:
  void fault(const std::string& what) {
    if (out.faults.size() < kFaultsMax)
      out.faults.push_back(fmt::format("line {}: {}", place_, what));
  }
  struct Last {
    std::int64_t seq = 0;
    std::int64_t place = 0;
  };
  SinkLines lines_;
  const Visit& visit_;
  std::map<std::string, Last, std::less<>> last_;
  std::int64_t number_ = 0;  // Of the line before, with its MAC.
  std::string link_;
  std::int64_t place_ = 0;
};

}  // namespace

std::string chain_name(const AuditChain& chain) {
  return chain.client.str() + "/" + (chain.org ? chain.org->str() : "");
}

std::string SinkLines::link(std::string_view number, std::string_view at, const SinkEntry& entry,
                            std::string_view prev) const {
  const std::string seq = std::to_string(entry.head.seq);
  const std::string_view org = entry.chain.org ? entry.chain.org->text() : std::string_view();
  return hex(hmac_fields(
      key_, {"head", number, at, entry.chain.client.text(), org, seq, entry.head.mac, prev}));
}

std::string SinkLines::next(const SinkEntry& entry, Time at) {
  const std::string time = rfc3339(at);
  const std::string made = link(std::to_string(++number_), time, entry, last_);
  Json line = Json::object();
  line.set("n", number_).set("at", time).set("client", entry.chain.client.text());
  line.set("org", entry.chain.org ? entry.chain.org->text() : "");
  line.set("seq", entry.head.seq).set("mac", entry.head.mac).set("prev", last_).set("link", made);
  last_ = made;
  return line.dump() + "\n";
}

SinkLines::Look SinkLines::read(std::string_view text, std::optional<Line>& into) const {
  if (text.size() > kLineMax) return Look::no_line;
  const auto json = parse_json(text);
  // Another program's line may have a number of that name, too.
  if (!json || !json->is_object() || !json->at("n").is_int() || !json->at("link").is_string())
    return Look::no_line;
  const auto client = ClientId::parse(json->text("client"));
  const auto org = OrgId::parse(json->text("org"));
  const auto at = parse_rfc3339(json->text("at"));
  if (!client || !at || (!org && !json->text("org").empty())) return Look::changed;
  Line line{json->at("n").as_int(),
            *at,
            {{*client, org ? std::optional(*org) : std::nullopt},
             {json->integer_or(0, "seq"), std::string(json->text("mac"))}},
            std::string(json->text("prev")),
            std::string(json->text("link"))};
  const std::string wanted =
      link(std::to_string(line.number), json->text("at"), line.entry, line.prev);
  if (!equal_secret(wanted, line.link)) return Look::changed;
  into = std::move(line);
  return Look::good;
}

void SinkLines::go_on_after(const Line& line) {
  number_ = line.number;
  last_ = line.link;
}

std::unique_ptr<HeadSink> file_sink(std::string path, std::string key) {
  return std::make_unique<FileSink>(std::move(path), std::move(key));
}
std::unique_ptr<HeadSink> log_sink(std::string key) {
  return std::make_unique<LogSink>(std::move(key));
}

Result<SinkReading> read_sink(const std::string& path, const std::string& key,
                              const std::function<Result<void>(const SinkLine&)>& visit,
                              AbsentSink absent) {
  Reader reader(key, visit);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT && absent == AbsentSink::empty) return std::move(reader.out);
  if (!file) return sink_unavailable(path);
  for (std::string line; std::getline(file, line);) KS_CHECK(reader.line(line));
  // A folder can be opened, too, and fails here.
  if (file.bad()) return sink_unavailable(path);
  return std::move(reader.out);
}

}  // namespace ks::audit
