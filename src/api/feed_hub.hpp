#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "domain/ids.hpp"
#include "http/sse.hpp"
#include "runtime/loop.hpp"

namespace ks::api {

// The streams that are open in this process. It knows when to look; what a subscriber may see is
// asked of the database again at every delivery, so a stream never outlives the right it was opened
// with: it ends at the next delivery, and at the latest at the next round (every 2 seconds).
class FeedHub {
 public:
  // Reads what is new for a subscriber and pushes it. False: the right is gone, end the stream.
  using Deliver = std::function<bool(http::SseStream&)>;

  FeedHub();
  ~FeedHub();

  // Deliveries run as fibers on `loop`. Call once, before the first subscriber.
  void start(runtime::Loop& loop);
  void stop();

  void subscribe(const OrgId& org, const std::shared_ptr<http::SseStream>& stream, Deliver deliver);
  // Something of `org` changed (nullopt: of anybody). From any thread.
  void changed(const std::optional<OrgId>& org);
  std::size_t subscribers() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::api
