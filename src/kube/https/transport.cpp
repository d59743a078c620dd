#include "kube/https/transport.hpp"

#include <chrono>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include "kube/https/transfer.hpp"

namespace ks::kube::https {

namespace asio = boost::asio;

namespace {

void init_curl() {
  static const CURLcode kDone = curl_global_init(CURL_GLOBAL_DEFAULT);
  KS_ASSERT(kDone == CURLE_OK);
}

// The loop may be held up; curl's own limit comes first.
constexpr Duration kGrace = seconds(5);

}  // namespace

// curl's multi handle on an io_context. Everything but the constructor runs on the loop's thread.
class Transport::Driver : public std::enable_shared_from_this<Driver> {
 public:
  Driver(runtime::Loop& loop, Endpoint endpoint)
      : context_(*static_cast<asio::io_context*>(loop.native())),
        endpoint_(std::move(endpoint)),
        timer_(context_) {
    init_curl();
    multi_ = curl_multi_init();
    KS_ASSERT(multi_ != nullptr);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  }
  ~Driver() { close(); }

  void start(const std::shared_ptr<Transfer>& transfer) {
    if (multi_ == nullptr) {
      transfer->fail("the client is closed");
      return;
    }
    // After a call without an answer the connections are not trusted any more.
    transfer->prepare(endpoint_, std::exchange(distrust_, false));
    active_.emplace(transfer->easy, transfer);
    curl_multi_add_handle(multi_, static_cast<CURL*>(transfer->easy));
  }

  void cancel(const std::shared_ptr<Transfer>& transfer) {
    if (transfer->easy != nullptr && active_.erase(transfer->easy) > 0)
      curl_multi_remove_handle(multi_, static_cast<CURL*>(transfer->easy));
    transfer->fail("cancelled");
  }

  void resume(const std::shared_ptr<Transfer>& transfer) {
    if (!active_.contains(transfer->easy)) return;
    curl_easy_pause(static_cast<CURL*>(transfer->easy), CURLPAUSE_CONT);
    collect();
  }

  void close() {
    if (multi_ == nullptr) return;
    auto active = std::move(active_);
    active_.clear();
    for (const auto& [easy, transfer] : active) {
      curl_multi_remove_handle(multi_, static_cast<CURL*>(easy));
      transfer->fail("the client is closed");
    }
    curl_multi_cleanup(multi_);
    multi_ = nullptr;
    for (auto& [fd, socket] : sockets_) drop(*socket);
    sockets_.clear();
    timer_.cancel();
  }

 private:
  struct Socket {
    Socket(asio::io_context& context, curl_socket_t socket)
        : fd(socket), descriptor(context, socket) {}
    curl_socket_t fd;
    asio::posix::stream_descriptor descriptor;
    int wanted = 0;
    bool reading = false;
    bool writing = false;
    bool dropped = false;
  };

  static void drop(Socket& socket) {
    socket.dropped = true;
    // The descriptor is curl's to close.
    if (socket.descriptor.is_open()) socket.descriptor.release();
  }

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    auto& driver = *static_cast<Driver*>(self);
    const auto known = driver.sockets_.find(fd);
    if (what == CURL_POLL_REMOVE) {
      if (known != driver.sockets_.end()) {
        drop(*known->second);
        driver.sockets_.erase(known);
      }
      return 0;
    }
    auto socket = known != driver.sockets_.end()
                      ? known->second
                      : driver.sockets_.emplace(fd, std::make_shared<Socket>(driver.context_, fd))
                            .first->second;
    socket->wanted = what;
    driver.wait_for(socket);
    return 0;
  }

  static int on_timer(CURLM*, long ms, void* self) {
    auto& driver = *static_cast<Driver*>(self);
    if (ms < 0) {
      driver.timer_.cancel();
      return 0;
    }
    driver.timer_.expires_after(std::chrono::milliseconds(ms));
    driver.timer_.async_wait([weak = driver.weak_from_this()](boost::system::error_code code) {
      const auto there = weak.lock();
      if (code || there == nullptr || there->multi_ == nullptr) return;
      int running = 0;
      curl_multi_socket_action(there->multi_, CURL_SOCKET_TIMEOUT, 0, &running);
      there->collect();
    });
    return 0;
  }

  void wait_for(const std::shared_ptr<Socket>& socket) {
    const auto wait = [&](bool& waiting, asio::posix::stream_descriptor::wait_type type, int mask) {
      waiting = true;
      socket->descriptor.async_wait(
          type, [weak = weak_from_this(), socket, &waiting, mask](boost::system::error_code code) {
            const auto there = weak.lock();
            waiting = false;
            if (there == nullptr || there->multi_ == nullptr || socket->dropped) return;
            int running = 0;
            curl_multi_socket_action(there->multi_, socket->fd, code ? CURL_CSELECT_ERR : mask,
                                     &running);
            there->collect();
            if (!code && there->multi_ != nullptr && !socket->dropped) there->wait_for(socket);
          });
    };
    if ((socket->wanted & CURL_POLL_IN) != 0 && !socket->reading)
      wait(socket->reading, asio::posix::stream_descriptor::wait_read, CURL_CSELECT_IN);
    if ((socket->wanted & CURL_POLL_OUT) != 0 && !socket->writing)
      wait(socket->writing, asio::posix::stream_descriptor::wait_write, CURL_CSELECT_OUT);
  }

  // Ends what curl has finished.
  void collect() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      curl_multi_remove_handle(multi_, easy);
      const auto known = active_.find(easy);
      if (known == active_.end()) continue;
      const auto transfer = known->second;
      active_.erase(known);
      if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR)
        distrust_ = true;
      transfer->finish(code);
    }
  }

  asio::io_context& context_;
  Endpoint endpoint_;
  asio::steady_timer timer_;
  CURLM* multi_ = nullptr;
  bool distrust_ = false;
  std::unordered_map<curl_socket_t, std::shared_ptr<Socket>> sockets_;
  std::unordered_map<void*, std::shared_ptr<Transfer>> active_;
};

namespace {

class CurlStream final : public Stream {
 public:
  CurlStream(std::shared_ptr<Transfer> transfer, std::function<void()> resume,
             std::function<void()> cancel)
      : transfer_(std::move(transfer)), resume_(std::move(resume)), cancel_(std::move(cancel)) {}
  ~CurlStream() override { cancel_(); }

  std::optional<std::string> line(Duration timeout) override {
    if (auto found = take()) return found;
    if (timeout.us <= 0 || !transfer_->changed.wait_for(timeout)) return std::nullopt;
    {
      const std::lock_guard lock(transfer_->mutex);
      woken_ = false;
    }
    return take();
  }

  std::optional<std::string> ended() override {
    const std::lock_guard lock(transfer_->mutex);
    if (!transfer_->done || !transfer_->lines.empty()) return std::nullopt;
    return transfer_->response.failure;
  }

  void wake() override {
    const std::lock_guard lock(transfer_->mutex);
    woken_ = true;
    transfer_->changed.set();
  }

 private:
  std::optional<std::string> take() {
    std::optional<std::string> out;
    bool go_on = false;
    {
      const std::lock_guard lock(transfer_->mutex);
      if (!transfer_->lines.empty()) {
        out = std::move(transfer_->lines.front());
        transfer_->lines.pop_front();
        transfer_->line_bytes -= out->size();
      }
      if (transfer_->paused && transfer_->lines.size() <= Transport::kLinesMax / 2) {
        transfer_->paused = false;
        go_on = true;
      }
      if (transfer_->lines.empty() && !transfer_->done && !woken_) transfer_->changed.reset();
    }
    if (go_on) resume_();
    return out;
  }

  std::shared_ptr<Transfer> transfer_;
  std::function<void()> resume_;
  std::function<void()> cancel_;
  bool woken_ = false;  // With the transfer's mutex: what woke it is not reset before it woke.
};

}  // namespace

Transport::Transport(Endpoint endpoint, runtime::Loop* loop)
    : own_(loop == nullptr ? std::make_unique<runtime::LoopGroup>(1) : nullptr),
      loop_(loop != nullptr ? loop : &own_->at(0)),
      driver_(std::make_shared<Driver>(*loop_, std::move(endpoint))) {}

Transport::~Transport() {
  if (own_ != nullptr) {
    own_->stop();
    driver_->close();
    return;
  }
  // If the loop never runs again, the driver ends with what is left in its queue.
  loop_->post([driver = std::move(driver_)] { driver->close(); });
}

Response Transport::call(Request request) {
  const Duration limit = request.timeout + kGrace;
  auto transfer = std::make_shared<Transfer>(std::move(request), false);
  loop_->post([driver = driver_, transfer] { driver->start(transfer); });
  if (!transfer->changed.wait_for(limit)) {
    loop_->post([driver = driver_, transfer] { driver->cancel(transfer); });
    transfer->fail("the call timed out");
  }
  for (;;) {
    {
      const std::lock_guard lock(transfer->mutex);
      if (transfer->done) return std::move(transfer->response);
      // Woken by the status; the rest comes.
      transfer->changed.reset();
    }
    if (!transfer->changed.wait_for(limit)) {
      loop_->post([driver = driver_, transfer] { driver->cancel(transfer); });
      transfer->fail("the call timed out");
    }
  }
}

Response Transport::open(Request request, std::unique_ptr<Stream>& stream) {
  const SystemClock clock;
  const Time until = clock.monotonic() + request.timeout;
  auto transfer = std::make_shared<Transfer>(std::move(request), true);
  loop_->post([driver = driver_, transfer] { driver->start(transfer); });
  const auto cancel = [loop = loop_, weak = std::weak_ptr(driver_), transfer] {
    if (const auto driver = weak.lock())
      loop->post([driver, transfer] { driver->cancel(transfer); });
  };
  for (;;) {
    const Duration left = until - clock.monotonic();
    const bool came = left.us > 0 && transfer->changed.wait_for(left);
    const std::lock_guard lock(transfer->mutex);
    if (came && transfer->status_known && transfer->response.status == 200) {
      if (transfer->lines.empty() && !transfer->done) transfer->changed.reset();
      stream = std::make_unique<CurlStream>(
          transfer,
          [loop = loop_, weak = std::weak_ptr(driver_), transfer] {
            if (const auto driver = weak.lock())
              loop->post([driver, transfer] { driver->resume(transfer); });
          },
          cancel);
      return Response{200, "", {}, ""};
    }
    if (came && transfer->done) return std::move(transfer->response);
    if (!came) {
      cancel();
      return Response{0, "", {}, "the call timed out"};
    }
    transfer->changed.reset();
  }
}

}  // namespace ks::kube::https
