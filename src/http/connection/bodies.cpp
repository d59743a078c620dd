// What a connection does between the head of a request and its body.
#include "http/connection/connection.hpp"
#include "http/wire/reply.hpp"
#include "runtime/caught.hpp"

namespace ks::http {

// False when the request was answered without its body.
bool Connection::welcome_body(std::size_t head_bytes) {
  describe_request();
  BodyWelcome welcome{.bytes_max = server_->options.limits.body_bytes_max};
  if (server_->options.welcome) {
    // No client is late while the server thinks.
    enter(Phase::working);
    try {
      welcome = server_->options.welcome(request_);
    } catch (...) {
      welcome.refusal = failed(runtime::caught());
    }
  }
  if (welcome.refusal) {
    const Response response = sendable(*welcome.refusal)
                                  ? std::move(*welcome.refusal)
                                  : failed("a refusal was made that cannot be sent");
    const bool sent = send(response, AfterReply::close, request_.method == Method::head);
    finish_request(response, response.body.size());
    if (sent) linger();
    return false;
  }
  reader_.limit_body(welcome.bytes_max);
  if (!reader_.reading_body()) return true;  // Too long; the reader says so next.
  // The head is there twice, as it came and as it was understood.
  return hold(welcome, server_->buffer_bytes() + 2 * head_bytes + reader_.body_bytes_bound());
}

// False when the request was refused.
bool Connection::hold(const BodyWelcome& welcome, std::size_t bytes) {
  const ServerOptions& options = server_->options;
  const bool known = welcome.known;
  const std::size_t share =
      (known ? options.known_bodies_bytes_max : options.unknown_bodies_bytes_max) /
      server_->loops.size();
  auto& held = known ? loop_.known_bodies_bytes : loop_.unknown_bodies_bytes;
  const std::size_t before = held.load(std::memory_order_relaxed);
  if (before + bytes > share) {
    refuse(503, "too many bodies at once");
    return false;
  }
  holder_ =
      welcome.holder.empty() ? "address " + network_of(request_.client_address) : welcome.holder;
  if (!server_->body_holders.take(
          holder_, bytes,
          known ? options.known_holder_bytes_max : options.unknown_holder_bytes_max)) {
    refuse(429, "too many bodies at once from one sender");
    return false;
  }
  held.store(before + bytes, std::memory_order_relaxed);
  held_of_ = &held;
  held_bytes_ = bytes;
  return true;
}

void Connection::release() {
  if (held_of_ == nullptr) return;
  held_of_->store(held_of_->load(std::memory_order_relaxed) - held_bytes_,
                  std::memory_order_relaxed);
  server_->body_holders.give_back(holder_, held_bytes_);
  held_of_ = nullptr;
}

}  // namespace ks::http
