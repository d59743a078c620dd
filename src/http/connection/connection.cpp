#include "http/connection/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/log.hpp"
#include "http/problem.hpp"
#include "http/wire/reply.hpp"
#include "runtime/caught.hpp"

namespace ks::http {

namespace {
constexpr std::size_t kBuffersKept = 64;
constexpr std::size_t kHeadsKept = 16;

bool sane_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}
}  // namespace

void Connection::start(std::shared_ptr<ServerState> server, LoopState& loop, int fd,
                       std::string peer) {
  auto self = std::make_shared<Connection>(std::move(server), loop, fd, std::move(peer));
  loop.connections.push_back(self.get());
  if (self->server_->draining) return self->close();
  loop.loop->spawn([self] { self->run(); });
}

Connection::Connection(std::shared_ptr<ServerState> server, LoopState& loop, int fd,
                       std::string peer)
    : server_(std::move(server)),
      loop_(loop),
      socket_(*loop.loop, fd),
      peer_(std::move(peer)),
      reader_(server_->options.limits) {
  enter(Phase::idle, server_->options.head_timeout);
}

// Also where a fiber is unwound because its loop ended.
Connection::~Connection() { close(); }

void Connection::enter(Phase phase) {
  phase_ = phase;
  deadline_ = kNever;
}

void Connection::enter(Phase phase, Duration limit) {
  phase_ = phase;
  deadline_ = server_->clock.monotonic() + limit;
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  enter(Phase::closed);
  stop_ = true;
  if (stream_) std::exchange(stream_, nullptr)->finish();
  batch_.clear();
  give_buffer();
  release();
  release_answer();
  socket_.close();
  std::erase(loop_.connections, this);
  server_->connection_ended(peer_);
}

void Connection::sweep(Time now) {
  if (phase_ == Phase::streaming) {
    if (now > deadline_) return close();
    if (!blocked_ && batch_.empty() && now - last_sent_ >= stream_->limits().heartbeat) {
      static const SseEvent kHeartbeat = sse_comment("alive");
      batch_.push_back(kHeartbeat);
      pump();
    }
    return;
  }
  if (now <= deadline_) return;
  deadline_ = kNever;
  late_ = true;
  socket_.cancel();
}

void Connection::drain() {
  if (phase_ == Phase::idle || phase_ == Phase::lingering) {
    stop_ = true;
    socket_.cancel();
  } else if (phase_ == Phase::streaming) {
    stream_->close();
  }
}

void Connection::cut_off() {
  if (phase_ == Phase::streaming) return close();
  stop_ = true;
  socket_.cancel();
  ::shutdown(socket_.fd(), SHUT_RDWR);
}

void Connection::run() {
  // What goes wrong here, such as memory that is not there, is this connection's end and nobody
  // else's.
  try {
    while (serve_one()) {
    }
  } catch (...) {
    log::error("http connection failed by a defect",
               {{"request_id", request_.request_id}, {"what", runtime::caught()}});
    return close();
  }
  if (phase_ != Phase::streaming) close();
}

bool Connection::serve_one() {
  const bool pipelined = begin_ < end_;
  if (pipelined) {
    started_ = server_->clock.monotonic();
    enter(Phase::head, server_->options.head_timeout);
  } else {
    give_buffer();
  }
  if (!read_request()) return false;
  enter(Phase::working);
  Response response = answer();
  // Parts are counted before the first is made: there is room for one, or no reply begins.
  if (!hold_answer(response.source ? response.part_bytes_max : response.body.size()))
    response = overloaded();
  const bool keep =
      reader_.keep_alive() && !server_->draining && !stop_ && !response.stream && !response.source;
  const bool head_only = request_.method == Method::head;
  const bool sent = send(response, keep ? AfterReply::keep : AfterReply::close, head_only);
  if (!response.source) release_answer();
  if (!sent) {
    if (response.stream) response.stream->finish();
    finish_request(response, 0);
    return false;
  }
  if (response.source) {
    const bool parts = !head_only && may_have_body(response.status);
    finish_request(response, parts ? send_parts(response) : 0);
    return false;
  }
  finish_request(response, head_only ? 0 : response.content().size());
  if (response.stream) {
    stream_ = response.stream;
    if (head_only) return false;
    start_stream();
    return false;
  }
  if (!keep) {
    char unread = 0;
    if (begin_ < end_ || ::recv(socket_.fd(), &unread, 1, MSG_PEEK | MSG_DONTWAIT) > 0) linger();
    return false;
  }
  reader_.reset();
  request_.clear();
  release();
  enter(Phase::idle, server_->options.idle_timeout);
  return true;
}

bool Connection::read_request() {
  for (;;) {
    const auto [step, consumed] =
        reader_.feed({buffer_ ? buffer_.get() + begin_ : "", end_ - begin_}, request_);
    begin_ += consumed;
    if (begin_ == end_) begin_ = end_ = 0;
    switch (step) {
      case RequestReader::Step::complete:
        if (request_.request_id.empty()) describe_request();
        return true;
      case RequestReader::Step::refused:
        if (!refuse_as_page()) refuse(reader_.refusal().status, reader_.refusal().why);
        return false;
      case RequestReader::Step::head:
        if (!welcome_body(consumed)) return false;
        enter(Phase::body, server_->options.body_timeout);
        if (reader_.expects_continue() && reader_.reading_body() && begin_ == end_ &&
            !write("HTTP/1.1 100 Continue\r\n\r\n", {}))
          return false;
        continue;
      case RequestReader::Step::need_more:
        if (!fill()) return false;
    }
  }
}

Response Connection::failed(std::string what) const {
  return problem(bug(std::move(what)).error(), request_, server_->options.problem_base);
}

void Connection::take_buffer() {
  if (buffer_) return;
  if (loop_.buffers.empty()) {
    buffer_ = std::make_unique_for_overwrite<char[]>(server_->buffer_bytes());
  } else {
    buffer_ = std::move(loop_.buffers.back());
    loop_.buffers.pop_back();
  }
}

void Connection::give_buffer() {
  begin_ = end_ = 0;
  if (!buffer_) return;
  if (loop_.buffers.size() < kBuffersKept) loop_.buffers.push_back(std::move(buffer_));
  buffer_.reset();
}

// Waits for bytes and appends what there is. False when no more will come.
bool Connection::fill() {
  for (;;) {
    if (!wait(Ready::readable)) {
      if (late_ && (phase_ == Phase::head || phase_ == Phase::body))
        refuse(408, "request took too long");
      return false;
    }
    take_buffer();
    const std::size_t size = server_->buffer_bytes();
    if (begin_ > 0 && end_ > size / 2) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == size) {
      refuse(431, "head too large");
      return false;
    }
    const ssize_t n = ::recv(socket_.fd(), buffer_.get() + end_, size - end_, 0);
    if (n > 0) {
      end_ += static_cast<std::size_t>(n);
      if (phase_ == Phase::idle) {
        started_ = server_->clock.monotonic();
        phase_ = Phase::head;
        deadline_ = started_ + server_->options.head_timeout;
      }
      return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) return false;
  }
}

bool Connection::wait(Ready what) {
  if (stop_ || late_) return false;
  return socket_.wait(what) && !stop_ && !late_;
}

void Connection::describe_request() {
  Request& r = request_;
  r.peer_address = peer_;
  const bool trusted = r.from_proxy = server_->proxies.trusts(peer_);
  // It stands in logs and audit rows, where nobody else may write what they like.
  const std::string_view given = r.headers.get("x-request-id");
  if (trusted && sane_id(given))
    r.request_id = given;
  else
    r.request_id = loop_.make_id();
  if (trusted) {
    r.client_address = server_->proxies.client(peer_, r.headers);
    const std::string_view scheme = r.headers.get("x-forwarded-proto");
    if (equal_ignoring_case(scheme, "https")) r.scheme = "https";
  } else {
    r.client_address = peer_;
  }
  r.deadline = started_ + server_->options.request_timeout;
}

Response Connection::answer() {
  try {
    Response response = server_->handler(request_);
    if (sendable(response)) return response;
    if (response.stream) response.stream->finish();
    return failed("a handler made a reply that cannot be sent");
  } catch (...) {
    return failed(runtime::caught());
  }
}

bool Connection::send(const Response& response, AfterReply after, bool head_only) {
  std::string head;
  if (!loop_.heads.empty()) {
    head = std::move(loop_.heads.back());
    loop_.heads.pop_back();
  }
  head.clear();
  append_head(head, response, request_.request_id, loop_.date(server_->clock.now()), after,
              framing_of(response));
  const bool body =
      !head_only && !response.stream && !response.source && may_have_body(response.status);
  constexpr std::size_t kFree = 2 << 20;
  const std::size_t size = body ? response.content().size() : 0;
  const auto more = static_cast<std::int64_t>((size > kFree ? size - kFree : 0) / (64 * 1024));
  enter(Phase::writing, server_->options.write_timeout + seconds(more));
  const bool sent = write(head, body ? response.content() : std::string_view{});
  if (loop_.heads.size() < kHeadsKept) loop_.heads.push_back(std::move(head));
  return sent;
}

bool Connection::write(std::string_view first, std::string_view second) {
  while (!first.empty() || !second.empty()) {
    std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                                {const_cast<char*>(second.data()), second.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = second.empty() ? 1 : 2;
    const ssize_t n = ::sendmsg(socket_.fd(), &message, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN || !wait(Ready::writable)) return false;
      continue;
    }
    const std::size_t of_first = std::min(first.size(), static_cast<std::size_t>(n));
    first.remove_prefix(of_first);
    second.remove_prefix(static_cast<std::size_t>(n) - of_first);
  }
  return true;
}

void Connection::finish_request(const Response& response, std::size_t bytes) {
  const ServerOptions& options = server_->options;
  const bool logged = options.access_log && log::enabled(log::Level::info);
  if (!logged && !options.observer) return;
  const Duration took = server_->clock.monotonic() - started_;
  if (options.observer) options.observer(request_, response, took);
  if (!logged) return;
  log::info("http", {{"method", method_name(request_.method)},
                     {"path", request_.path},
                     {"status", response.status},
                     {"bytes", bytes},
                     {"us", took.us},
                     {"request_id", request_.request_id},
                     {"client", request_.client_address}});
}

}  // namespace ks::http
