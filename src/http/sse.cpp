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
  queue_.push_back(retry_hint());
}

SseStream::~SseStream() { finish(); }

SseEvent SseStream::retry_hint() const {
  return std::make_shared<const std::string>("retry: " + std::to_string(limits_.retry.us / 1000) +
                                             "\n\n");
}

void SseStream::wake_locked() {
  if (wake_ && !std::exchange(woken_, true)) wake_();
}

bool SseStream::push(SseEvent event) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::open) return false;
  if (queue_.size() >= limits_.queue_max) {
    queue_.clear();
    queue_.push_back(retry_hint());
    state_ = State::dropped;
    was_dropped_ = true;
    wake_locked();
    return false;
  }
  queue_.push_back(std::move(event));
  wake_locked();
  return true;
}

void SseStream::close() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::open) return;
  queue_.push_back(retry_hint());
  state_ = State::closing;
  wake_locked();
}

bool SseStream::open() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::open;
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

bool SseStream::take(std::vector<SseEvent>& out, std::size_t events_max) {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  const std::size_t n = std::min(events_max, queue_.size());
  for (std::size_t i = 0; i < n; ++i) {
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
    wake.swap(wake_);
    callbacks.swap(on_close_);
  }
  for (const auto& callback : callbacks) callback();
}

}  // namespace ks::http
