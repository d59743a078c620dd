#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ks::http {

// A client of raw bytes for tests, on a blocking loopback socket. Every read has a limit of time,
// so that a server which says nothing fails a test and does not hang it.
class WireClient {
 public:
  explicit WireClient(std::uint16_t port);
  ~WireClient();
  WireClient(const WireClient&) = delete;
  WireClient& operator=(const WireClient&) = delete;

  // False when the other side has gone.
  bool send(std::string_view bytes);
  // The next whole reply, head and body by Content-Length; what there was when the connection
  // ended before.
  std::string reply(bool head_only = false);
  // Reads until `text` was seen; returns everything up to its end.
  std::string until(std::string_view text);
  // Everything up to the end of the connection.
  std::string rest();
  // True when the server ends the connection, without another byte.
  bool ended();
  void no_more_writes();
  void small_receive_buffer();
  int fd() const { return fd_; }

 private:
  bool more();
  int fd_ = -1;
  std::string seen_;
};

int status_in(std::string_view reply);
std::string header_in(std::string_view reply, std::string_view name);
std::string body_in(std::string_view reply);

}  // namespace ks::http
