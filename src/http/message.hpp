#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace ks::http {

class SseStream;
struct RateCharge;

enum class Method { get, head, post, put, patch, del, options };
inline constexpr std::size_t kMethodCount = 7;

std::string_view method_name(Method method);
// Nothing for methods that this server does not serve; names are case-sensitive.
std::optional<Method> parse_method(std::string_view name);

bool equal_ignoring_case(std::string_view a, std::string_view b);

struct Header {
  std::string_view name;
  std::string_view value;
};

// A list of header fields in one block of memory. Names compare without regard to case; views end
// with the next change.
class Headers {
 public:
  void add(std::string_view name, std::string_view value);
  // Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  // The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  // As find(), "" when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  std::size_t size() const noexcept { return entries_.size(); }
  Header at(std::size_t i) const;
  // Keeps the memory for the next message.
  void clear() noexcept;

 private:
  struct Entry {
    std::uint32_t name_at, name_size, value_at, value_size;
  };
  std::string text_;
  std::vector<Entry> entries_;
};

// A message that passed every check of wire/reader.hpp. `path` is decoded once and is the only form
// of the path that anybody may decide on; it starts with '/', has no empty, "." or ".." segment and
// no encoded slash, and is valid UTF-8.
struct Request {
  Method method = Method::get;
  std::string target;  // As it came; for signatures and diagnostics only.
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  // Decoded, in order.
  Headers headers;
  std::string body;

  std::string request_id;
  std::string peer_address;    // The other end of the connection.
  bool from_proxy = false;     // The peer is a trusted proxy.
  std::string client_address;  // Behind trusted proxies: the first hop that is not trusted.
  std::string host;            // Lower case, no port, no trailing dot; "" only with HTTP/1.0.
  std::uint16_t port = 0;      // From Host; 0 when it names none.
  std::string scheme = "http";
  Time deadline;  // Monotonic; work beyond it is for nobody.
  // What its sender was charged while only the head was there; none when nobody asked.
  std::shared_ptr<const RateCharge> charge;

  // Set by the router.
  std::string_view route;  // The pattern; lives as long as the router.
  struct Param {
    std::string_view name;
    std::size_t at = 0;
    std::size_t size = 0;
  };
  std::vector<Param> params;

  // The value of a {name} in the route's pattern; "" when the pattern has none.
  std::string_view param(std::string_view name) const;
  // The first query parameter of that name.
  std::optional<std::string_view> query_value(std::string_view name) const;
  // The value of a cookie. Nothing also when the name occurs twice: a sibling host can set a second
  // cookie of the same name, and which of the two is ours cannot be told.
  std::optional<std::string_view> cookie(std::string_view name) const;
  void clear();
};

// All pairs of a Cookie header, quotes kept.
std::vector<std::pair<std::string_view, std::string_view>> parse_cookies(std::string_view header);

// A piece of a body that is made while it is sent. One without bytes that is not the last sends
// nothing: it is where a long search finds out whether the client is still there.
struct Part {
  std::string bytes;
  bool last = false;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  // In place of `body`: one text for many replies.
  std::shared_ptr<const std::string> kept;
  // The code of the problem that it tells, for those who watch; empty where it tells none.
  std::string problem;
  // A stream of events in place of a body; see sse.hpp.
  std::shared_ptr<SseStream> stream;
  // In place of `body`: one that is made while it is sent. Called on the connection's fiber, each
  // time when the part before was taken, until the last; not any more once the client has gone.
  // After an error the connection breaks before the end of the body, so that nobody takes a piece
  // for the whole.
  std::function<Result<Part>()> source;
  // No part is longer. So much is held against the bounds of replies from the head on.
  std::size_t part_bytes_max = 256 * 1024;

  Response() = default;
  explicit Response(int code) : status(code) {}
  Response(int code, std::string_view content_type, std::string text);

  static Response json(int status, std::string text);
  static Response text(int status, std::string text);
  static Response events(std::shared_ptr<SseStream> stream);
  static Response of_kept(std::string_view content_type, std::shared_ptr<const std::string> text);
  std::string_view content() const { return kept ? std::string_view(*kept) : body; }
};

// What becomes of a request's body; decided when the head is there and nothing of the body was
// kept.
struct BodyWelcome {
  std::size_t bytes_max = 1 << 20;  // 0: anything is 413.
  // The sender is somebody who may send this much. What all others send is held against a bound of
  // its own, which a crowd of strangers cannot use up for those who are known.
  bool known = false;
  // Whose share of the bodies' memory it takes; the sender's network address where this is empty.
  std::string holder = {};
  // In place of the body: sent at once, and the connection ends.
  std::optional<Response> refusal = {};
};

std::string_view reason_phrase(int status);

}  // namespace ks::http
