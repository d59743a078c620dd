#include "http/connection/wire_client.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.hpp"
#include "http/message.hpp"

namespace ks::http {

WireClient::WireClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  KS_ASSERT(fd_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  KS_ASSERT(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
}

WireClient::~WireClient() { ::close(fd_); }

bool WireClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool WireClient::more() {
  pollfd wanted{fd_, POLLIN, 0};
  if (::poll(&wanted, 1, 20'000) != 1) return false;
  char buffer[16 * 1024];
  const ssize_t n = ::recv(fd_, buffer, sizeof(buffer), 0);
  if (n <= 0) return false;
  seen_.append(buffer, static_cast<std::size_t>(n));
  return true;
}

std::string WireClient::until(std::string_view text) {
  for (;;) {
    const std::size_t at = seen_.find(text);
    if (at != std::string::npos) {
      std::string out = seen_.substr(0, at + text.size());
      seen_.erase(0, at + text.size());
      return out;
    }
    if (!more()) return std::exchange(seen_, {});
  }
}

std::string WireClient::reply(bool head_only) {
  std::string out = until("\r\n\r\n");
  if (head_only || out.empty()) return out;
  const auto size = static_cast<std::size_t>(std::atoll(header_in(out, "content-length").c_str()));
  while (seen_.size() < size && more()) {
  }
  const std::size_t n = std::min(size, seen_.size());
  out += seen_.substr(0, n);
  seen_.erase(0, n);
  return out;
}

std::string WireClient::rest() {
  while (more()) {
  }
  return std::exchange(seen_, {});
}

bool WireClient::ended() {
  if (!seen_.empty()) return false;
  pollfd wanted{fd_, POLLIN, 0};
  if (::poll(&wanted, 1, 20'000) != 1) return false;
  char c;
  return ::recv(fd_, &c, 1, 0) <= 0;
}

void WireClient::no_more_writes() { ::shutdown(fd_, SHUT_WR); }

void WireClient::small_receive_buffer() {
  const int bytes = 4096;
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

int status_in(std::string_view reply) {
  return reply.starts_with("HTTP/1.1 ") ? std::atoi(std::string(reply.substr(9, 3)).c_str()) : 0;
}

std::string header_in(std::string_view reply, std::string_view name) {
  const std::size_t end = reply.find("\r\n\r\n");
  std::size_t at = reply.find("\r\n");
  while (at != std::string_view::npos && at < end) {
    const std::size_t next = reply.find("\r\n", at + 2);
    const std::string_view line = reply.substr(at + 2, next - at - 2);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name))
      return std::string(line.substr(colon + 2));
    at = next;
  }
  return {};
}

std::string body_in(std::string_view reply) {
  const std::size_t end = reply.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string() : std::string(reply.substr(end + 4));
}

}  // namespace ks::http
