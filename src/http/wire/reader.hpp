#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "http/message.hpp"

namespace ks::http {

struct ReaderLimits {
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t target_bytes_max = 8 * 1024;
  std::size_t headers_max = 100;
  std::size_t body_bytes_max = 1 << 20;
};

// Why a message was refused. After a refusal nothing more may be read from that connection: where
// the next message starts is exactly what is in doubt.
struct Refusal {
  int status = 400;
  const char* why = "";
};

// Turns bytes into requests, strictly after RFC 9112, without sockets. Framing (where a message
// ends) is decided by Beast's parser; what Beast tolerates and other servers read differently is
// refused before Beast sees it. The same object serves all requests of a connection, in order.
class RequestReader {
 public:
  enum class Step {
    need_more,  // Call again with the same bytes and more behind them.
    head,       // A body follows: limit_body() may be called now, then go on.
    complete,   // The request is whole; reset() before the next one.
    refused,
  };
  struct Progress {
    Step step;
    std::size_t consumed;
  };

  explicit RequestReader(ReaderLimits limits = {});
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // `bytes` starts with the first byte that was not consumed so far. `request` must be clear before
  // the first call for a request, and the same object until it is complete.
  Progress feed(std::string_view bytes, Request& request);
  // The body's limit, in place of the default; for the request whose head was just read.
  void limit_body(std::size_t bytes_max);
  void reset();

  const Refusal& refusal() const { return refusal_; }
  // What was refused is whole and has no body, and nothing but its target is wrong: of the request
  // all is there but path and query, and `target` is as it came.
  bool only_target_refused() const { return only_target_refused_; }
  // Whether the client may send another request on this connection.
  bool keep_alive() const { return keep_alive_; }
  // Whether the client reads a body in chunks.
  bool takes_chunks() const { return takes_chunks_; }
  // The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const { return expects_continue_; }
  // The longest body that is taken.
  std::size_t body_bytes_max() const;
  // The most that the body can still become: its declared length, else the limit.
  std::size_t body_bytes_bound() const;
  // The head was read and the body is welcome.
  bool reading_body() const { return state_ == State::body; }

 private:
  struct Parser;
  enum class State { head, body, done, refused };

  Progress read_head(std::string_view bytes, Request& request);
  Progress read_body(std::string_view bytes);
  Progress refuse(int status, const char* why);

  ReaderLimits limits_;
  State state_ = State::head;
  Refusal refusal_;
  bool only_target_refused_ = false;
  std::size_t scanned_ = 0;
  bool line_seen_ = false;
  bool keep_alive_ = true;
  bool takes_chunks_ = true;
  bool expects_continue_ = false;
  std::unique_ptr<Parser> parser_;
};

}  // namespace ks::http
