#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace ks::api_test {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;  // 0: the server said nothing that is HTTP.
  Fields headers;  // Names in lower case.
  std::string body;
  std::vector<std::size_t> parts = {};  // Sizes of the chunks that it came in, if it did.

  std::optional<std::string> header(std::string_view name) const;
  // The body as JSON; fails the test when it is none.
  Json json() const;
  // The body without what differs from one request to the next.
  Json json_without_trace() const;
};

struct Request {
  std::string method;
  std::string target;
  Fields headers;
  std::optional<std::string> body;
};

// One request on a connection of its own.
Reply send(std::uint16_t port, const Request& request);
// What comes back for these bytes, until the server ends the connection.
Reply send_bytes(std::uint16_t port, std::string_view bytes);

// A request whose head was sent and whose body never comes.
class HeldBody {
 public:
  HeldBody(std::uint16_t port, Request request, std::size_t length);
  ~HeldBody();
  HeldBody(const HeldBody&) = delete;
  HeldBody& operator=(const HeldBody&) = delete;
  // 100 where the server waits for the body.
  const Reply& reply() const { return reply_; }

 private:
  int fd_ = -1;
  Reply reply_;
};

struct Event {
  std::string name;
  std::string id;
  std::string data;
};

// The receiving end of a stream of events.
class EventStream {
 public:
  EventStream(std::uint16_t port, const std::string& target, const Fields& headers);
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  const Reply& head() const { return head_; }
  // The next event; comments are passed over. Nothing at the end of the stream, or of the time.
  std::optional<Event> next(Duration limit);
  // Waits for the server to end the stream, passing over everything. False when it did not.
  bool ends_within(Duration limit);
  // So many bytes of a body as it is on the wire; fewer at its end.
  std::string take(std::size_t bytes);
  // Waits for the comment that opens the stream: from there on nothing is missed.
  bool opened(Duration limit);

 private:
  // One line; nothing at the end of the stream or of the time.
  std::optional<std::string> line(Time until);
  int fd_ = -1;
  bool ended_ = false;
  Reply head_;
  std::string seen_;
};

}  // namespace ks::api_test
