#include "runtime/tcp.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/loop.hpp"

namespace ks::runtime {

namespace {

// Connections that nobody has accepted yet: as many as Linux lets wait if nobody says otherwise,
// so that whoever comes in numbers leaves room for others.
constexpr int kWaiting = 4096;

// A wait of zero would be one without end.
Duration at_least_some(Duration d) { return std::max(d, milliseconds(1)); }

Duration since(std::chrono::steady_clock::time_point began) {
  return microseconds(std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - began)
                          .count());
}

Result<Socket> listen_on(int family, std::uint16_t port) {
  Socket out(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (out.fd() < 0) return unavailable("no_socket", std::strerror(errno));
  const int on = 1, off = 0;
  (void)::setsockopt(out.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage address{};
  socklen_t size = sizeof(sockaddr_in);
  if (family == AF_INET6) {
    (void)::setsockopt(out.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    auto* six = reinterpret_cast<sockaddr_in6*>(&address);
    six->sin6_family = AF_INET6;
    six->sin6_addr = in6addr_any;
    six->sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  } else {
    auto* four = reinterpret_cast<sockaddr_in*>(&address);
    four->sin_family = AF_INET;
    four->sin_addr.s_addr = htonl(INADDR_ANY);
    four->sin_port = htons(port);
  }
  if (::bind(out.fd(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(out.fd(), kWaiting) != 0)
    return unavailable("no_socket", std::strerror(errno));
  return out;
}

Knock knock_of(int error) {
  if (error == 0) return Knock::open;
  if (error == ECONNREFUSED || error == ECONNRESET) return Knock::refused;
  return error == ETIMEDOUT ? Knock::timeout : Knock::unreachable;
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Socket> listen_tcp(std::uint16_t port) {
  auto both = listen_on(AF_INET6, port);
  return both ? std::move(both) : listen_on(AF_INET, port);
}

std::uint16_t port_of(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

Result<Socket> accept_tcp(const Socket& listener, Duration timeout) {
  const auto accept = [&] {
    return Socket(::accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  };
  // Where many wait, none is waited for.
  Socket out = accept();
  if (out.fd() < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    if (!wait_fd(listener.fd(), Readiness::readable, at_least_some(timeout)))
      return unavailable("no_connection", "nobody came");
    out = accept();
  }
  if (out.fd() < 0) return unavailable("no_connection", std::strerror(errno));
  return out;
}

Knock connect_tcp(std::string_view address, std::uint16_t port, Duration timeout, Socket& out) {
  const std::string text(address);
  sockaddr_storage to{};
  socklen_t size = 0;
  if (auto* four = reinterpret_cast<sockaddr_in*>(&to);
      ::inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    size = sizeof(sockaddr_in);
  } else if (auto* six = reinterpret_cast<sockaddr_in6*>(&to);
             ::inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  } else {
    return Knock::unreachable;
  }
  Socket made(::socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.fd() < 0) return Knock::unreachable;
  if (::connect(made.fd(), reinterpret_cast<const sockaddr*>(&to), size) != 0) {
    if (errno != EINPROGRESS) return knock_of(errno);
    if (!wait_fd(made.fd(), Readiness::writable, at_least_some(timeout))) return Knock::timeout;
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(made.fd(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    if (error != 0) return knock_of(error);
  }
  out = std::move(made);
  return Knock::open;
}

bool send_small(const Socket& socket, std::string_view text) {
  const ssize_t sent = ::send(socket.fd(), text.data(), text.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(text.size());
}

std::string receive_small(const Socket& socket, std::size_t bytes_max, Duration timeout) {
  const auto began = std::chrono::steady_clock::now();
  std::string out;
  while (out.size() < bytes_max) {
    const Duration left = timeout - since(began);
    if (left.us <= 0 || !wait_fd(socket.fd(), Readiness::readable, left)) break;
    std::array<char, 512> part{};
    const ssize_t got =
        ::recv(socket.fd(), part.data(), std::min(part.size(), bytes_max - out.size()), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) break;
    out.append(part.data(), static_cast<std::size_t>(got));
  }
  return out;
}

}  // namespace ks::runtime
