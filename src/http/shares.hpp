#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace ks::http {

// How much of something (bytes, connections) its holders have at the moment, so that no one of them
// has more than a part. Holders that have none are not remembered. From any thread.
class Shares {
 public:
  // False, and nothing is taken, where the holder would have more than `each_max`.
  bool take(const std::string& holder, std::size_t amount, std::size_t each_max);
  // Of what was taken before.
  void give_back(const std::string& holder, std::size_t amount);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> held_;
};

}  // namespace ks::http
