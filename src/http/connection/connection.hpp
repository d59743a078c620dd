#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/connection/server_state.hpp"
#include "http/connection/socket.hpp"
#include "http/sse.hpp"
#include "http/wire/reader.hpp"
#include "http/wire/reply.hpp"

namespace ks::http {

// One client's connection. A fiber reads requests and writes replies, in order; when a reply is a
// stream of events the fiber ends and callbacks go on. All members run on the loop's thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Takes the accepted, non-blocking socket `fd`. Runs on the loop's thread.
  static void start(std::shared_ptr<ServerState> server, LoopState& loop, int fd, std::string peer);

  Connection(std::shared_ptr<ServerState> server, LoopState& loop, int fd, std::string peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Ends what is late, and sends heartbeats.
  void sweep(Time now);
  // Ends what is idle; what works on a request closes after its reply.
  void drain();
  // Ends the connection whatever it does.
  void cut_off();

 private:
  // No deadline.
  static constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};
  enum class Phase { idle, head, body, working, writing, lingering, streaming, closed };
  using Ready = Socket::Ready;

  void run();
  bool serve_one();
  bool read_request();
  bool welcome_body(std::size_t head_bytes);
  bool hold(const BodyWelcome& welcome, std::size_t bytes);
  void release();
  bool hold_answer(std::size_t bytes);
  void release_answer();
  bool fill();
  bool wait(Ready what);
  void describe_request();
  Response answer();
  Response failed(std::string what) const;
  Response overloaded() const;
  bool send(const Response& response, AfterReply after, bool head_only);
  bool write(std::string_view first, std::string_view second);
  Framing framing_of(const Response& response) const;
  // Makes and writes the body of a reply whose head was sent; how many bytes of it went out.
  std::size_t send_parts(Response& response);
  bool peer_gone();
  void reset_at_close();
  void refuse(int status, const char* why);
  bool refuse_as_page();
  void log_refusal(int status, const char* why) const;
  void linger();
  void finish_request(const Response& response, std::size_t bytes);
  void enter(Phase phase, Duration limit);
  void enter(Phase phase);
  void take_buffer();
  void give_buffer();
  void close();

  void start_stream();
  void watch_peer();
  void pump();
  bool pump_some();

  std::shared_ptr<ServerState> server_;
  LoopState& loop_;
  Socket socket_;
  const std::string peer_;

  Phase phase_ = Phase::idle;
  Time deadline_;
  Time started_;
  bool late_ = false;  // The sweep ended a wait.
  bool stop_ = false;  // No further waits.
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  RequestReader reader_;
  Request request_;
  // What this request takes of the loop's share for bodies, and of which.
  std::size_t held_bytes_ = 0;
  std::atomic<std::size_t>* held_of_ = nullptr;
  std::string holder_;
  std::size_t answer_bytes_ = 0;
  std::string answer_holder_;

  std::shared_ptr<SseStream> stream_;
  std::vector<SseEvent> batch_;
  std::size_t batch_at_ = 0;  // Bytes of the batch that are written.
  bool blocked_ = false;      // The socket takes no more now.
  Time last_sent_;
};

}  // namespace ks::http
