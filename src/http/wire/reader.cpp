#include "http/wire/reader.hpp"

#include <cstring>
#include <optional>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

#include "http/wire/hygiene.hpp"
#include "http/wire/target.hpp"

namespace ks::http {

namespace beast = boost::beast;

namespace {

// Beast's events, written straight into a Request.
class Sink final : public beast::http::basic_parser<true> {
 public:
  Sink(Request& request, std::size_t body_bytes_max)
      : request_(request), body_bytes_max_(body_bytes_max) {
    // Both limits are kept outside: the head is bounded before it comes here, and the body's limit
    // is known only after the head.
    header_limit(1 << 20);
    body_limit(boost::none);
    eager(false);
  }

  void limit_body(std::size_t bytes_max) { body_bytes_max_ = bytes_max; }
  std::size_t body_bytes_max() const { return body_bytes_max_; }
  bool too_large() const { return too_large_; }

 private:
  using error_code = beast::error_code;

  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int,
                       error_code&) override {}
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    // Fields of a trailer come here too. They are dropped: nobody checked them as headers.
    if (head_done_) return;
    request_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code&) override { head_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override {
    if (!length) return;
    if (*length > body_bytes_max_) return refuse(ec);
    request_.body.reserve(static_cast<std::size_t>(*length));
  }
  std::size_t on_body_impl(beast::string_view body, error_code& ec) override {
    return append(body, ec);
  }
  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code& ec) override {
    if (size > body_bytes_max_ - request_.body.size()) refuse(ec);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code& ec) override {
    return append(body, ec);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t append(beast::string_view body, error_code& ec) {
    if (body.size() > body_bytes_max_ - request_.body.size()) {
      refuse(ec);
      return 0;
    }
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void refuse(error_code& ec) {
    too_large_ = true;
    ec = beast::http::error::body_limit;
  }

  Request& request_;
  std::size_t body_bytes_max_;
  bool head_done_ = false;
  bool too_large_ = false;
};

}  // namespace

struct RequestReader::Parser {
  std::optional<Sink> sink;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  std::size_t guarded = 0;
  bool welcome = false;  // The declared length was held against the limit.
  ChunkGuard guard;
};

RequestReader::RequestReader(ReaderLimits limits)
    : limits_(limits), parser_(std::make_unique<Parser>()) {}
RequestReader::~RequestReader() = default;

void RequestReader::reset() {
  state_ = State::head;
  scanned_ = 0;
  line_seen_ = false;
  keep_alive_ = true;
  expects_continue_ = false;
  parser_->sink.reset();
}

RequestReader::Progress RequestReader::refuse(int status, const char* why) {
  state_ = State::refused;
  refusal_ = {status, why};
  keep_alive_ = false;
  return {Step::refused, 0};
}

void RequestReader::limit_body(std::size_t bytes_max) {
  if (state_ != State::body) return;
  parser_->sink->limit_body(bytes_max);
  if (parser_->content_length.value_or(0) > bytes_max) refuse(413, "body too large");
}

std::size_t RequestReader::body_bytes_max() const {
  return parser_->sink ? parser_->sink->body_bytes_max() : limits_.body_bytes_max;
}

std::size_t RequestReader::body_bytes_bound() const {
  if (state_ != State::body) return 0;
  return static_cast<std::size_t>(
      parser_->content_length.value_or(parser_->sink->body_bytes_max()));
}

RequestReader::Progress RequestReader::feed(std::string_view bytes, Request& request) {
  switch (state_) {
    case State::head:
      return read_head(bytes, request);
    case State::body:
      return read_body(bytes);
    case State::done:
      return {Step::complete, 0};
    case State::refused:
      return {Step::refused, 0};
  }
  return {Step::refused, 0};
}

RequestReader::Progress RequestReader::read_head(std::string_view bytes, Request& request) {
  if (bytes.empty()) return {Step::need_more, 0};
  if (scanned_ == 0 && !token_char(bytes.front())) return refuse(400, "bad request line");
  std::size_t head_end = 0;
  // The longest method, two spaces, the version and CRLF stand beside the target.
  const std::size_t line_max = limits_.target_bytes_max + 32;
  while (scanned_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    if (found == nullptr) {
      scanned_ = bytes.size();
      break;
    }
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (at == 0 || bytes[at - 1] != '\r') return refuse(400, "bare line feed");
    if (!std::exchange(line_seen_, true) && at > line_max) return refuse(414, "target too long");
    scanned_ = at + 1;
    if (at >= 3 && bytes[at - 2] == '\n') {
      head_end = at + 1;
      break;
    }
  }
  if (!line_seen_ && scanned_ > line_max) return refuse(414, "target too long");
  if (head_end > limits_.head_bytes_max || (head_end == 0 && scanned_ >= limits_.head_bytes_max))
    return refuse(431, "head too large");
  if (head_end == 0) return {Step::need_more, 0};

  const std::string_view head = bytes.substr(0, head_end);
  HeadFacts facts;
  if (const auto refusal = check_head(head, limits_, facts))
    return refuse(refusal->status, refusal->why);
  request.method = facts.method;
  const char* unreadable = parse_target(facts.target, request);
  if (unreadable != nullptr) {
    request.path.clear();
    request.query.clear();
  }
  if (!facts.host.empty()) {
    auto authority = parse_authority(facts.host);
    if (!authority) return refuse(400, unreadable != nullptr ? unreadable : "bad Host");
    request.host = std::move(authority->host);
    request.port = authority->port;
  }

  Sink& sink = parser_->sink.emplace(request, limits_.body_bytes_max);
  beast::error_code code;
  const std::size_t used = sink.put({head.data(), head.size()}, code);
  // The check above and Beast must have read the same message.
  const bool has_body = facts.chunked || facts.content_length.value_or(0) > 0;
  const bool malformed = code || used != head.size() || !sink.is_header_done() ||
                         sink.chunked() != facts.chunked || sink.is_done() == has_body;
  if (unreadable != nullptr) {
    only_target_refused_ = !malformed && !has_body;
    return refuse(400, unreadable);
  }
  if (malformed) return refuse(400, "malformed head");
  keep_alive_ = sink.keep_alive() && !facts.http_1_0;
  takes_chunks_ = !facts.http_1_0;
  if (sink.is_done()) {
    state_ = State::done;
    return {Step::complete, head_end};
  }
  expects_continue_ = facts.expects_continue && !facts.http_1_0;
  parser_->chunked = facts.chunked;
  parser_->content_length = facts.content_length;
  parser_->guarded = 0;
  parser_->welcome = false;
  parser_->guard.reset();
  sink.eager(true);
  state_ = State::body;
  return {Step::head, head_end};
}

RequestReader::Progress RequestReader::read_body(std::string_view bytes) {
  Parser& p = *parser_;
  // Said before any of the body came: a client that waits for it must not wait for ever.
  if (!p.welcome) {
    p.welcome = true;
    limit_body(p.sink->body_bytes_max());
    if (state_ == State::refused) return {Step::refused, 0};
  }
  if (bytes.empty()) return {Step::need_more, 0};
  std::size_t body_end = bytes.size();
  if (p.chunked) {
    p.guarded += p.guard.walk(bytes.substr(p.guarded));
    if (p.guard.why() != nullptr) return refuse(400, p.guard.why());
    body_end = p.guarded - p.guard.pending();
    if (body_end == 0) return {Step::need_more, 0};
  }
  beast::error_code code;
  const std::size_t used = p.sink->put({bytes.data(), body_end}, code);
  if (p.sink->too_large()) return refuse(413, "body too large");
  if (code && code != beast::http::error::need_more) return refuse(400, "malformed body");
  if (p.chunked) {
    if (used != body_end || p.guard.done() != p.sink->is_done())
      return refuse(400, "malformed chunks");
    p.guarded -= used;
  }
  if (!p.sink->is_done()) return {Step::need_more, used};
  state_ = State::done;
  return {Step::complete, used};
}

}  // namespace ks::http
