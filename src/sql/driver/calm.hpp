#pragma once

#include <algorithm>

namespace ks::sql {

// Whether asking for a stamp is worth its while: not where commits come faster than reads come
// again. On one thread.
class Calm {
 public:
  // Of one read that could ask.
  bool ask() {
    if (pause_ == 0) return true;
    --pause_;
    return false;
  }
  void tell(bool known_answer_held) {
    if (known_answer_held) {
      broken_ = 0;
      next_ = kMin;
    } else if (++broken_ >= kBrokenMax) {
      broken_ = 0;
      pause_ = next_;
      next_ = std::min(next_ * 2, kMax);
    }
  }

 private:
  static constexpr int kBrokenMax = 8;  // In a row.
  static constexpr int kMin = 64, kMax = 4096;
  int broken_ = 0;
  int pause_ = 0;    // Reads until the next try,
  int next_ = kMin;  // and of the pause after this one.
};

}  // namespace ks::sql
