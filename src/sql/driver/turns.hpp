#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks::sql {

// Who may ask for a connection: of each name few at a time, before they stand in the pool's line.
// Whoever waits for a lock waits with a connection, so without it one tenant's writes, which wait
// for one another, keep all others from theirs. On each process for itself.
class PgTurns {
 public:
  // A turn, until its end. The turns outlive it.
  class Stay;
  // Waits; `unavailable` when that takes too long, or too many of the name wait.
  Result<Stay> enter(std::string_view whose);

 private:
  struct Line;
  using Lines = std::map<std::string, std::shared_ptr<Line>, std::less<>>;
  // A place in line, with or without a turn: the line is there as long as somebody is in it.
  struct Place;
  std::mutex mutex_;
  Lines lines_;
};

class PgTurns::Stay {
 public:
  explicit Stay(std::unique_ptr<Place> place);
  Stay(Stay&&) noexcept;
  Stay& operator=(Stay&&) noexcept;
  ~Stay();

 private:
  std::unique_ptr<Place> place_;
};

}  // namespace ks::sql
