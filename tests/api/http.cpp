#include "tests/api/http.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ks::api_test {

namespace {

constexpr Duration kPatience = seconds(30);

Time now() { return SystemClock().monotonic(); }

int connected(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // A server that refuses a message need not read the rest of it.
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

// More bytes; false at the end of the connection or of the time.
bool read_more(int fd, Time until, std::string& out, bool& ended) {
  const Duration left = until - now();
  if (left.us <= 0) return false;
  pollfd waiting{fd, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(left.us / 1000) + 1) <= 0) return false;
  std::array<char, 16384> bytes{};
  const ssize_t n = ::recv(fd, bytes.data(), bytes.size(), 0);
  if (n <= 0) {
    ended = true;
    return false;
  }
  out.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

Reply parse_head(std::string_view head) {
  Reply out;
  if (!head.starts_with("HTTP/1.1 ")) return out;
  std::from_chars(head.data() + 9, head.data() + std::min<std::size_t>(head.size(), 12),
                  out.status);
  std::size_t at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    const std::size_t end = std::min(head.find("\r\n", at + 2), head.size());
    const std::string_view line = head.substr(at + 2, end - at - 2);
    at = end == head.size() ? std::string_view::npos : end;
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    out.headers.emplace_back(std::move(name), line.substr(colon + 2));
  }
  return out;
}

// A body that breaks off before its end fails the test.
std::string unchunked(std::string_view body, std::vector<std::size_t>& parts) {
  std::string out;
  for (;;) {
    std::size_t size = 0;
    const auto read = std::from_chars(body.data(), body.data() + body.size(), size, 16);
    REQUIRE(read.ec == std::errc());
    body.remove_prefix(static_cast<std::size_t>(read.ptr - body.data()));
    REQUIRE(body.starts_with("\r\n"));
    REQUIRE(body.size() >= size + 4);
    if (size == 0) return out;
    parts.push_back(size);
    out += body.substr(2, size);
    body.remove_prefix(size + 4);
  }
}

std::string text_of(const Request& request, bool close) {
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto given = [&](std::string_view name) {
    return std::ranges::any_of(request.headers, [&](const auto& h) { return h.first == name; });
  };
  if (!given("Host")) out += "Host: localhost\r\n";
  for (const auto& [name, value] : request.headers) out += name + ": " + value + "\r\n";
  if (request.body) out += "Content-Length: " + std::to_string(request.body->size()) + "\r\n";
  if (close) out += "Connection: close\r\n";
  return out + "\r\n" + request.body.value_or("");
}

}  // namespace

std::optional<std::string> Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return std::nullopt;
}

Json Reply::json() const {
  CAPTURE(status);
  CAPTURE(body);
  auto parsed = parse_json(body, JsonLimits{64, std::size_t{8} << 20});
  REQUIRE(parsed.has_value());
  return std::move(*parsed);
}

Json Reply::json_without_trace() const {
  Json out = json();
  CHECK(out.erase("trace_id"));
  return out;
}

Reply send_bytes(std::uint16_t port, std::string_view bytes) {
  const int fd = connected(port);
  write_all(fd, bytes);
  std::string seen;
  bool ended = false;
  const Time until = now() + kPatience;
  while (read_more(fd, until, seen, ended)) {
  }
  ::close(fd);
  const std::size_t end = seen.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  Reply out = parse_head(std::string_view(seen).substr(0, end));
  out.body = seen.substr(end + 4);
  if (out.header("transfer-encoding") == "chunked") out.body = unchunked(out.body, out.parts);
  return out;
}

Reply send(std::uint16_t port, const Request& request) {
  return send_bytes(port, text_of(request, true));
}

HeldBody::HeldBody(std::uint16_t port, Request request, std::size_t length) : fd_(connected(port)) {
  request.headers.emplace_back("Content-Length", std::to_string(length));
  request.headers.emplace_back("Expect", "100-continue");
  request.body.reset();
  write_all(fd_, text_of(request, false));
  std::string seen;
  bool ended = false;
  const Time until = now() + kPatience;
  std::size_t end = std::string::npos;
  while ((end = seen.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(fd_, until, seen, ended)) return;
  reply_ = parse_head(std::string_view(seen).substr(0, end));
}

HeldBody::~HeldBody() { ::close(fd_); }

EventStream::EventStream(std::uint16_t port, const std::string& target, const Fields& headers)
    : fd_(connected(port)) {
  write_all(fd_, text_of({"GET", target, headers, std::nullopt}, false));
  const Time until = now() + kPatience;
  std::size_t end = std::string::npos;
  while ((end = seen_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(fd_, until, seen_, ended_)) break;
  REQUIRE(end != std::string::npos);
  head_ = parse_head(std::string_view(seen_).substr(0, end));
  seen_.erase(0, end + 4);
}

EventStream::~EventStream() { ::close(fd_); }

std::optional<std::string> EventStream::line(Time until) {
  std::size_t end = std::string::npos;
  while ((end = seen_.find('\n')) == std::string::npos)
    if (ended_ || !read_more(fd_, until, seen_, ended_)) return std::nullopt;
  std::string out = seen_.substr(0, end);
  seen_.erase(0, end + 1);
  return out;
}

std::optional<Event> EventStream::next(Duration limit) {
  const Time until = now() + limit;
  Event event;
  bool any = false;
  for (;;) {
    const auto text = line(until);
    if (!text) return std::nullopt;
    if (text->empty()) {
      if (any && !event.data.empty()) return event;
      event = {};
      any = false;
      continue;
    }
    const auto take = [&](std::string_view name, std::string& into) {
      if (!text->starts_with(name)) return;
      into = text->substr(name.size());
      any = true;
    };
    take("event: ", event.name);
    take("id: ", event.id);
    take("data: ", event.data);
  }
}

bool EventStream::ends_within(Duration limit) {
  const Time until = now() + limit;
  while (line(until)) {
  }
  return ended_;
}

std::string EventStream::take(std::size_t bytes) {
  const Time until = now() + kPatience;
  while (seen_.size() < bytes && !ended_ && read_more(fd_, until, seen_, ended_)) {
  }
  std::string out = seen_.substr(0, bytes);
  seen_.erase(0, out.size());
  return out;
}

bool EventStream::opened(Duration limit) {
  const Time until = now() + limit;
  while (const auto text = line(until))
    if (text->starts_with(": open")) return true;
  return false;
}

}  // namespace ks::api_test
