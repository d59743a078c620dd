#include "http/sse.hpp"

#include <algorithm>
#include <utility>

namespace ks::http {

namespace {
void append_line(std::string& out, std::string_view field, std::string_view text) {
  out += field;
  for (const char c : text)
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  out += '\n';
}
}  // namespace

SseEvent sse_event(std::string_view name, std::string_view id, std::string_view data) {
  std::string out;
  out.reserve(name.size() + id.size() + data.size() + 32);
  if (!name.empty()) append_line(out, "event: ", name);
  if (!id.empty()) append_line(out, "id: ", id);
  for (;;) {
    const std::size_t end = std::min(data.find_first_of("\r\n"), data.size());
    append_line(out, "data: ", data.substr(0, end));
    if (end == data.size()) break;
    data.remove_prefix(data.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  }
  out += '\n';
  return std::make_shared<const std::string>(std::move(out));
}

SseEvent sse_comment(std::string_view text) {
  std::string out;
  append_line(out, ": ", text);
  out += '\n';
  return std::make_shared<const std::string>(std::move(out));
}

std::shared_ptr<SseStream> SseStream::make(SseLimits limits) {
  return std::shared_ptr<SseStream>(new SseStream(limits));
}

SseStream::SseStream(SseLimits limits) : limits_(limits) {
  // Said first, so that it is known also to a client that is cut off without a word.
  enqueue_locked(retry_hint());
}

SseStream::~SseStream() { finish(); }

SseEvent SseStream::retry_hint() const {
  return std::make_shared<const std::string>("retry: " + std::to_string(limits_.retry.us / 1000) +
                                             "\n\n");
}

void SseStream::wake_locked() {
  if (wake_ && !std::exchange(woken_, true)) wake_();
}

void SseStream::enqueue_locked(SseEvent event) {
  queued_bytes_ += event->size();
  queue_.push_back(std::move(event));
}

bool SseStream::push(SseEvent event) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::open) return false;
  // Behind nothing but a hint or a comment every event has its place, however large.
  constexpr std::size_t kNextToNothing = 128;
  const bool full =
      queue_.size() >= limits_.queue_max ||
      (queued_bytes_ + event->size() > limits_.queue_bytes_max && queued_bytes_ > kNextToNothing);
  if (full) {
    queue_.clear();
    queued_bytes_ = 0;
    enqueue_locked(retry_hint());
    state_ = State::dropped;
    was_dropped_ = true;
    wake_locked();
    return false;
  }
  enqueue_locked(std::move(event));
  wake_locked();
  return true;
}

void SseStream::close() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::open) return;
  enqueue_locked(retry_hint());
  state_ = State::closing;
  wake_locked();
}

bool SseStream::open() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::open;
}

std::size_t SseStream::queued_bytes() const {
  const std::lock_guard lock(mutex_);
  return queued_bytes_;
}

bool SseStream::dropped() const {
  const std::lock_guard lock(mutex_);
  return was_dropped_;
}

void SseStream::on_close(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::ended) {
      on_close_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

void SseStream::attach(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::ended) return;
  wake_ = std::move(wake);
}

bool SseStream::take(std::vector<SseEvent>& out, std::size_t events_max, std::size_t bytes_max) {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  std::size_t n = 0, bytes = 0;
  for (; n < events_max && !queue_.empty(); ++n) {
    const std::size_t size = queue_.front()->size();
    if (n > 0 && bytes + size > bytes_max) break;
    bytes += size;
    queued_bytes_ -= size;
    out.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return n > 0 || state_ == State::open;
}

void SseStream::finish() {
  std::vector<std::function<void()>> callbacks;
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    state_ = State::ended;
    queue_.clear();
    queued_bytes_ = 0;
    wake.swap(wake_);
    callbacks.swap(on_close_);
  }
  for (const auto& callback : callbacks) callback();
}

}  // namespace ks::http
