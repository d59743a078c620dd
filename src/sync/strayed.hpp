#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"

namespace ks::sync {

// Which spec of each Sandbox was compared with the database, and how often one was not as wanted
// lately. Spares a read for each status of ten thousand Sandboxes, and slows down a quarrel with
// whoever changes one at each write. Nothing depends on it: a process that knows nothing compares
// all of them once. From any fiber.
class Strayed {
 public:
  // A Sandbox that stayed as it was handed over for this long begins anew.
  static constexpr Duration kCalm = minutes(10);
  static constexpr Duration kPauseMax = minutes(5);

  // Whether it is another than the one last looked at, in what is handed over.
  bool is_new(std::string_view name, const Json& object) const;
  void looked_at(std::string_view name, const Json& object);
  void forget(std::string_view name);

  // When it may be put right: at once, then ever later.
  Time due(std::string_view name, Time now) const;
  // It will be when it is due.
  void count(std::string_view name, Time now);

 private:
  struct Quarrel {
    int times = 0;
    Time due{};
  };
  // That of `name` as far as it still counts.
  Quarrel lately(std::string_view name, Time now) const;

  mutable std::mutex mutex_;
  std::map<std::string, Sha256, std::less<>> seen_;
  std::map<std::string, Quarrel, std::less<>> quarrels_;
};

}  // namespace ks::sync
