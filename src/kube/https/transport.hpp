#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "runtime/loop.hpp"

// HTTP requests to one server, over libcurl on an event loop. Never follows a redirect, never reads
// proxies or credentials from the environment, and takes no certificate that does not check out.
namespace ks::kube::https {

struct Endpoint {
  std::string server;  // "https://host:port".
  std::string ca;      // PEM; empty: the system's authorities.
  std::string client_certificate;
  std::string client_key;
  std::string proxy;  // Empty: none.
  std::string no_proxy;
  Duration connect_timeout = seconds(5);
};

struct Request {
  std::string method = "GET";
  std::string target;  // "/api/v1/pods?limit=1".
  std::string content_type;
  std::string body;
  std::string bearer;
  // Besides; of names and values that are one line each, which is not checked.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::size_t bytes_max = 64 << 20;  // Of the answer's body; not of a stream's.
  Duration timeout = seconds(10);    // Of the whole call; of a stream until its status is known.
};

struct Response {
  int status = 0;    // 0: no answer came, and `failure` says why.
  std::string body;  // Empty for a stream that was opened.
  Duration retry_after{};
  std::string failure;    // Without any credential.
  bool too_long = false;  // Longer than the request's bytes_max; status is 0.
};

// A response that goes on: lines as they come.
class Stream {
 public:
  virtual ~Stream() = default;
  // The next line; nullopt when none came within `timeout` or the stream has ended. Zero does not
  // wait.
  virtual std::optional<std::string> line(Duration timeout) = 0;
  // Set when the stream has ended and all lines were taken; "" after an end in good order.
  virtual std::optional<std::string> ended() = 0;
  // Ends the waiting of a line(). From any thread.
  virtual void wake() = 0;
};

class Transport {
 public:
  // Works on `loop`, which must outlive it; on a loop and thread of its own when that is null.
  Transport(Endpoint endpoint, runtime::Loop* loop);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Waits for the whole answer.
  Response call(Request request);
  // Waits for the status. `stream` is set when it is 200.
  Response open(Request request, std::unique_ptr<Stream>& stream);

  // Lines that wait for their reader before the server is no longer read from.
  static constexpr std::size_t kLinesMax = 512;
  // An event is one object, which etcd keeps under 1.5 MB; escaping makes it longer.
  static constexpr std::size_t kLineBytesMax = 8 << 20;

 private:
  class Driver;
  std::unique_ptr<runtime::LoopGroup> own_;
  runtime::Loop* loop_;
  std::shared_ptr<Driver> driver_;
};

}  // namespace ks::kube::https
