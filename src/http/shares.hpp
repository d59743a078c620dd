#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace ks::http {

// Bytes that many holders have at the moment, so that no one of them has more than a part. Holders
// that have none are not remembered. From any thread.
class Shares {
 public:
  // False, and nothing is taken, where the holder would have more than `each_max`.
  bool take(const std::string& holder, std::size_t bytes, std::size_t each_max);
  // Of what was taken before.
  void give_back(const std::string& holder, std::size_t bytes);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> held_;
};

}  // namespace ks::http
