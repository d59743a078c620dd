// What replies that are not written yet take of the memory.
#include "http/connection/connection.hpp"
#include "http/problem.hpp"

namespace ks::http {

// False when there is no room for this reply, or part of one. Small ones always have their place:
// as many as there are connections, and no more.
bool Connection::hold_answer(std::size_t bytes) {
  constexpr std::size_t kSmall = 16 * 1024;
  if (bytes <= kSmall) return true;
  const ServerOptions& options = server_->options;
  std::atomic<std::size_t>& all = server_->answers_bytes;
  if (all.fetch_add(bytes) + bytes > options.answers_bytes_max) {
    all.fetch_sub(bytes);
    return false;
  }
  answer_holder_ = network_of(request_.client_address);
  if (!server_->answer_holders.take(answer_holder_, bytes, options.answers_holder_bytes_max)) {
    all.fetch_sub(bytes);
    return false;
  }
  answer_bytes_ = bytes;
  return true;
}

void Connection::release_answer() {
  if (answer_bytes_ == 0) return;
  server_->answers_bytes.fetch_sub(answer_bytes_);
  server_->answer_holders.give_back(answer_holder_, answer_bytes_);
  answer_bytes_ = 0;
}

Response Connection::overloaded() const {
  auto error = unavailable("overloaded", "too many answers that nobody takes");
  error.error().retry_after_s = 1;
  return problem(error.error(), request_, server_->options.problem_base);
}

}  // namespace ks::http
