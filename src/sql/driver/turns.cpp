#include "sql/driver/turns.hpp"

#include "runtime/loop.hpp"
#include "sql/driver/engine.hpp"

namespace ks::sql {

namespace {
// One that works and one that is ready when it ends.
constexpr std::size_t kAtOnce = 2;
constexpr std::size_t kInLineMax = 256;
}  // namespace

struct PgTurns::Line {
  runtime::Semaphore turns{kAtOnce};
  std::size_t people = 0;  // Under the mutex of the lines.
};

struct PgTurns::Place {
  Place(PgTurns& turns, std::string_view whose, std::shared_ptr<Line> its_line)
      : all(turns), name(whose), line(std::move(its_line)) {}
  ~Place() {
    if (taken) line->turns.release();
    const std::lock_guard lock(all.mutex_);
    if (--line->people == 0) all.lines_.erase(name);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  PgTurns& all;
  std::string name;
  std::shared_ptr<Line> line;
  bool taken = false;
};

PgTurns::Stay::Stay(std::unique_ptr<Place> place) : place_(std::move(place)) {}
PgTurns::Stay::Stay(Stay&&) noexcept = default;
PgTurns::Stay& PgTurns::Stay::operator=(Stay&&) noexcept = default;
PgTurns::Stay::~Stay() = default;

Result<PgTurns::Stay> PgTurns::enter(std::string_view whose) {
  std::unique_ptr<Place> place;
  {
    const std::lock_guard lock(mutex_);
    auto found = lines_.find(whose);
    if (found == lines_.end())
      found = lines_.emplace(std::string(whose), std::make_shared<Line>()).first;
    if (found->second->people >= kInLineMax)
      return database_unavailable("Too many changes of one organization at once.");
    place = std::make_unique<Place>(*this, whose, found->second);
    ++found->second->people;
  }
  place->taken = place->line->turns.acquire(kConnectionWaitMax);
  if (!place->taken)
    return database_unavailable("The changes before this one take too long; try again.");
  return Stay(std::move(place));
}

}  // namespace ks::sql
