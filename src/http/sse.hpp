#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace ks::http {

// One event in its text form, shared by all who receive it.
using SseEvent = std::shared_ptr<const std::string>;

// `name` and `id` may be empty; line breaks in them are dropped, those in `data` start further
// data lines.
SseEvent sse_event(std::string_view name, std::string_view id, std::string_view data);
SseEvent sse_comment(std::string_view text);

struct SseLimits {
  std::size_t queue_max = 256;
  // Of what waits in the queue; a single event may be larger.
  std::size_t queue_bytes_max = std::size_t{4} << 20;
  Duration heartbeat = seconds(15);
  // After how long a client that lost the stream should come back.
  Duration retry = seconds(3);
};

// The server's end of one subscription. The publisher pushes, the connection takes; an idle stream
// costs no fiber. All members may be called from any thread; none of them blocks on the network.
class SseStream {
 public:
  static std::shared_ptr<SseStream> make(SseLimits limits = {});
  ~SseStream();
  SseStream(const SseStream&) = delete;
  SseStream& operator=(const SseStream&) = delete;

  // False when the stream is over. A subscriber whose queue is full is dropped, with everything
  // queued: it comes back with Last-Event-ID and misses nothing, while an unbounded queue would
  // take the memory of all.
  bool push(SseEvent event);
  // Sends what is queued and a retry hint, then ends the stream.
  void close();
  bool open() const;
  // What waits to be taken. A publisher with much to say waits for little of it, instead of having
  // the subscriber dropped.
  std::size_t queued_bytes() const;
  // True when the subscriber was dropped because it was slow.
  bool dropped() const;
  // Runs `callback` once when the stream is over, for whatever reason; at once if it is already.
  void on_close(std::function<void()> callback);
  const SseLimits& limits() const { return limits_; }

  // The connection's side. `wake` is called when there is something to take; it must only post.
  void attach(std::function<void()> wake);
  // Moves up to `events_max` events of `bytes_max` together to `out`, one in any case. False when
  // the stream has ended and nothing is left.
  bool take(std::vector<SseEvent>& out, std::size_t events_max, std::size_t bytes_max);
  // The connection is gone.
  void finish();

 private:
  explicit SseStream(SseLimits limits);
  void wake_locked();
  void enqueue_locked(SseEvent event);
  SseEvent retry_hint() const;

  enum class State { open, closing, dropped, ended };
  const SseLimits limits_;
  mutable std::mutex mutex_;
  State state_ = State::open;
  bool was_dropped_ = false;
  bool woken_ = false;
  std::deque<SseEvent> queue_;
  std::size_t queued_bytes_ = 0;
  std::function<void()> wake_;
  std::vector<std::function<void()>> on_close_;
};

}  // namespace ks::http
