#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"

// Plain TCP, for what is smaller than a server or a client of HTTP. Every wait is one of
// loop.hpp's.
namespace ks::runtime {

// A descriptor, closed at its end.
class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// On every address of the machine, IPv6 and IPv4; IPv4 alone where there is no IPv6. Port 0: any.
Result<Socket> listen_tcp(std::uint16_t port);
std::uint16_t port_of(const Socket& socket);
// The next connection; `unavailable` where none came in that time, or it was gone at once.
Result<Socket> accept_tcp(const Socket& listener, Duration timeout);

// How a connection came about, or why none did.
enum class Knock {
  open,
  timeout,  // Nobody said anything.
  refused,
  unreachable,
};
// To an address in figures, IPv4 or IPv6; anything else is unreachable. `out` is set where it is
// open.
Knock connect_tcp(std::string_view address, std::uint16_t port, Duration timeout, Socket& out);

// Sends as much as goes at once; false where that is not all.
bool send_small(const Socket& socket, std::string_view text);
// What comes until `bytes_max` are there, the other side has ended, or `timeout` has passed.
std::string receive_small(const Socket& socket, std::size_t bytes_max, Duration timeout);

}  // namespace ks::runtime
