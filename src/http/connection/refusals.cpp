// What a connection says of a message that it does not take, which is its last.
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>

#include "base/log.hpp"
#include "http/connection/connection.hpp"
#include "http/problem.hpp"
#include "http/wire/reply.hpp"
#include "runtime/caught.hpp"

namespace ks::http {

namespace {
constexpr Duration kLinger = seconds(2);
constexpr std::size_t kLingerBytesMax = 256 * 1024;
}  // namespace

void Connection::refuse(int status, const char* why) {
  if (request_.request_id.empty()) {
    // Nothing of a message that could not be read is repeated or believed.
    request_.clear();
    request_.request_id = loop_.make_id();
    request_.client_address = peer_;
  }
  late_ = false;
  Error error{Error::Code::invalid, "malformed_request", why, {}, {}, {}, status, 0, {}};
  if (status == 413) {
    error.problem = "content_too_large";
    const std::size_t taken = reader_.body_bytes_max();
    error.message = taken == 0 ? "No body is taken here."
                               : fmt::format("A body of at most {} bytes is taken here.", taken);
  }
  // RFC 9110, 15.6.2: well-formed, and nothing that the server knows.
  if (status == 501) error.problem = "not_implemented";
  if (status == 408) error.problem = "request_timeout";
  if (status == 503) error.problem = "overloaded";
  if (status == 429) error.problem = "too_many_requests";
  if (status == 503 || status == 429) error.retry_after_s = 1;
  const Response response = problem(error, request_, server_->options.problem_base);
  const bool sent = send(response, AfterReply::close, false);
  log_refusal(status, why);
  if (sent) linger();
}

// True when it was answered, as a page: a person mistyped an address.
bool Connection::refuse_as_page() {
  const ServerOptions& options = server_->options;
  if (!reader_.only_target_refused() || !options.unreadable) return false;
  describe_request();
  enter(Phase::working);
  std::optional<Response> page;
  try {
    page = options.unreadable(request_);
  } catch (...) {
    page = failed(runtime::caught());
  }
  if (!page || !sendable(*page)) {
    // As if nothing of it had been read.
    request_.clear();
    return false;
  }
  const bool sent = send(*page, AfterReply::close, request_.method == Method::head);
  log_refusal(page->status, reader_.refusal().why);
  if (sent) linger();
  return true;
}

void Connection::log_refusal(int status, const char* why) const {
  if (server_->options.access_log)
    log::info("http refused", {{"status", status},
                               {"why", why},
                               {"request_id", request_.request_id},
                               {"client", request_.client_address}});
}

// Reads on for a moment before closing: closing with unread bytes resets the connection, and the
// reset can overtake the reply.
void Connection::linger() {
  if (stop_) return;
  request_.body = std::string();
  release();
  ::shutdown(socket_.fd(), SHUT_WR);
  enter(Phase::lingering, kLinger);
  take_buffer();
  for (std::size_t seen = 0; seen < kLingerBytesMax;) {
    if (!wait(Ready::readable)) return;
    const ssize_t n = ::recv(socket_.fd(), buffer_.get(), server_->buffer_bytes(), 0);
    if (n > 0)
      seen += static_cast<std::size_t>(n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
      return;
  }
}

}  // namespace ks::http
