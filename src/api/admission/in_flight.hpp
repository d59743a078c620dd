#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace ks::api {

// Requests with an Idempotency-Key that are being worked on in this process.
class InFlight {
 public:
  // Ends what it was entered for, also where an exception does.
  using Stay = std::shared_ptr<void>;

  // None while the key is there.
  Stay enter(const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (!keys_.insert(key).second) return nullptr;
    return Stay(this, [key](void* self) { static_cast<InFlight*>(self)->leave(key); });
  }

 private:
  void leave(const std::string& key) {
    const std::lock_guard lock(mutex_);
    keys_.erase(key);
  }

  std::mutex mutex_;
  std::set<std::string> keys_;
};

}  // namespace ks::api
