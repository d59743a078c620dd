#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "runtime/loop.hpp"
#include "trace/span.hpp"

namespace ks::trace {

// Why spans did not get to the collector.
enum class Drop {
  queue_full,   // More came than was taken away.
  refused,      // The collector does not take them.
  undelivered,  // It could not be reached, time after time.
  shutdown,     // The program ended first.
};
inline constexpr Drop kDrops[] = {Drop::queue_full, Drop::refused, Drop::undelivered,
                                  Drop::shutdown};
constexpr std::string_view name(Drop why) {
  switch (why) {
    case Drop::queue_full:
      return "queue_full";
    case Drop::refused:
      return "refused";
    case Drop::undelivered:
      return "undelivered";
    case Drop::shutdown:
      return "shutdown";
  }
  return "";
}

// Decides what is traced, and keeps spans that have ended until an Exporter takes them. All of it
// is safe from all threads and waits for nobody but a short lock.
class Tracer {
 public:
  struct Options {
    double ratio = 1;              // Of the traces that begin here, from 0 to 1.
    std::size_t queue_max = 4096;  // Spans, about half a kilobyte each; those beyond are dropped.
    std::size_t batch_max = 512;
    // Called where spans are dropped, from any thread.
    std::function<void(Drop, std::size_t)> on_dropped = {};
  };
  Tracer(Options options, const Clock& clock, Random& random);

  // A trace of our own.
  Context root();
  // Within the trace of somebody who may decide what is sampled: us, or a trusted proxy.
  Context child_of(const Context& parent);
  // Within a trace that a stranger tells of. Its id is kept, so that they can ask about it; whether
  // it is sampled is drawn anew and never read from them nor from the id, which they chose.
  Context beside(const Context& strangers);

  // Of a span that is not sampled nothing is kept.
  void record(Span span);
  // Up to a batch, oldest first.
  std::vector<Span> take();
  std::size_t waiting() const;
  void dropped(Drop why, std::size_t spans) const;
  // Waits until there is a full batch, until wake(), or for so long.
  void wait(Duration at_most);
  void wake() { batch_there_.set(); }

  const Clock& clock() const { return clock_; }

 private:
  SpanId span_id();
  bool draw();

  const Options options_;
  const Clock& clock_;
  Random& random_;
  mutable std::mutex mutex_;
  std::deque<Span> queue_;
  runtime::Event batch_there_;
};

// A piece of work that goes on, as part of what goes on around it on this fiber (or plain thread),
// or as the beginning of a trace. While it lives it is what current() gives there. Stays where it
// was made, and ends there. Without a tracer it does nothing.
class Work {
 public:
  Work(Tracer* tracer, SpanKind kind, std::string_view what, std::string_view of_what);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  const Context& context() const { return span_.context; }
  // Whether anybody will read what is set.
  bool kept() const { return tracer_ != nullptr && span_.context.sampled; }
  void set(std::string_view key, std::string value);
  void set(std::string_view key, std::int64_t value);
  void fail() { span_.failed = true; }

  // What an HTTP client below it was answered; 0 before, and where no answer came.
  int http_status = 0;

 private:
  Tracer* tracer_;
  void* outer_ = nullptr;
  Time began_{};  // Monotonic.
  Span span_;
};

// The innermost Work of this fiber, or nullptr.
Work* current() noexcept;

}  // namespace ks::trace
