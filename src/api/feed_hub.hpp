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

  // Open streams of one person, in all and in one organization; in this process.
  struct Bounds {
    std::size_t per_person = 32;
    std::size_t per_member = 16;
  };
  // The right to one more stream; given back when the last copy goes.
  using Seat = std::shared_ptr<const void>;

  explicit FeedHub(Bounds bounds);
  FeedHub() : FeedHub(Bounds{}) {}
  ~FeedHub();

  // Deliveries run as fibers on `loop`. Call once, before the first subscriber.
  void start(runtime::Loop& loop);
  void stop();

  // Null when the person has as many as may be.
  Seat take_seat(const UserId& user, const OrgId& org);
  void subscribe(const OrgId& org, const std::shared_ptr<http::SseStream>& stream, Seat seat,
                 Deliver deliver);
  // Something of `org` changed (nullopt: of anybody). From any thread.
  void changed(const std::optional<OrgId>& org);
  std::size_t subscribers() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::api
