// A connection whose reply is a stream of events, or a body that is made while it is sent.
#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/log.hpp"
#include "http/connection/connection.hpp"
#include "runtime/caught.hpp"

namespace ks::http {

void Connection::start_stream() {
  request_.clear();
  release();
  give_buffer();
  enter(Phase::streaming);
  last_sent_ = server_->clock.monotonic();
  stream_->attach([weak = weak_from_this(), loop = loop_.loop] {
    loop->post([weak] {
      if (const auto self = weak.lock()) self->pump();
    });
  });
  watch_peer();
  pump();
  if (phase_ == Phase::streaming && server_->draining) stream_->close();
}

// A client that went away or that sends anything into a stream ends it. The wait also keeps this
// object alive.
void Connection::watch_peer() {
  socket_.when(Ready::readable, [self = shared_from_this()](bool) { self->close(); });
}

void Connection::pump() {
  while (phase_ == Phase::streaming && !blocked_ && pump_some()) {
  }
}

// Writes the batch, or a new one. False when there is nothing to do now.
bool Connection::pump_some() {
  constexpr std::size_t kBatch = 32;
  constexpr std::size_t kBatchBytes = 1 << 20;
  if (batch_.empty()) {
    if (!stream_->take(batch_, kBatch, kBatchBytes)) {
      close();
      return false;
    }
    if (batch_.empty()) return false;
  }
  std::array<iovec, kBatch> parts{};
  std::size_t count = 0;
  std::size_t skip = batch_at_;
  for (const SseEvent& event : batch_) {
    parts[count++] = {const_cast<char*>(event->data()) + skip, event->size() - skip};
    skip = 0;
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const ssize_t n = ::sendmsg(socket_.fd(), &message, MSG_NOSIGNAL);
  if (n < 0 && errno == EINTR) return true;
  if (n < 0 && errno == EAGAIN) {
    blocked_ = true;
    // For the whole batch: a client that takes a byte now and then must not keep it for ever.
    if (deadline_ == kNever)
      deadline_ = server_->clock.monotonic() + server_->options.write_timeout;
    socket_.when(Ready::writable, [self = shared_from_this()](bool ready) {
      if (!ready) return;
      self->blocked_ = false;
      self->pump();
    });
    return false;
  }
  if (n < 0) {
    close();
    return false;
  }
  last_sent_ = server_->clock.monotonic();
  std::size_t written = batch_at_ + static_cast<std::size_t>(n);
  std::size_t done = 0;
  while (done < batch_.size() && written >= batch_[done]->size()) written -= batch_[done++]->size();
  batch_.erase(batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(done));
  batch_at_ = written;
  if (batch_.empty()) deadline_ = kNever;
  return true;
}

Framing Connection::framing_of(const Response& response) const {
  if (response.stream) return Framing::until_close;
  if (!response.source || !may_have_body(response.status)) return Framing::length;
  return reader_.takes_chunks() ? Framing::chunks : Framing::until_close;
}

// Whether the other side has ended its side, whatever it had sent before that nobody reads now.
bool Connection::peer_gone() {
  pollfd it{socket_.fd(), POLLRDHUP, 0};
  return ::poll(&it, 1, 0) > 0 && it.revents != 0;
}

std::size_t Connection::send_parts(Response& response) {
  const bool chunks = framing_of(response) == Framing::chunks;
  const auto made = [&]() -> Result<Part> {
    try {
      auto part = response.source();
      if (part && part->bytes.size() > response.part_bytes_max)
        return bug("a part is longer than was said of it");
      return part;
    } catch (...) {
      return bug(runtime::caught());
    }
  };
  for (std::size_t sent = 0;;) {
    enter(Phase::working);
    if (stop_ || peer_gone()) {
      // The end of the connection would be taken for that of the reply.
      if (!chunks) reset_at_close();
      return sent;
    }
    const Result<Part> part = made();
    enter(Phase::writing, server_->options.write_timeout);
    if (!part) {
      log::warn("a reply broke off", {{"request_id", request_.request_id},
                                      {"problem", part.error().problem},
                                      {"what", part.error().message}});
      if (!chunks) reset_at_close();
      return sent;
    }
    // What the source holds is free once the client can know that it has everything.
    if (part->last) response.source = nullptr;
    if (!part->bytes.empty()) {
      const std::string head = chunks ? fmt::format("{:x}\r\n", part->bytes.size()) : "";
      if (!write(head, part->bytes) || (chunks && !write("\r\n", {}))) {
        if (!chunks) reset_at_close();
        return sent;
      }
      sent += part->bytes.size();
    }
    if (part->last) {
      if (chunks) write("0\r\n\r\n", {});
      return sent;
    }
  }
}

// Where the end of the connection is the end of the body, a plain end would say that it is whole.
void Connection::reset_at_close() {
  const struct linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace ks::http
