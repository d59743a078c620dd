#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "tests/process/installation.hpp"

namespace ks::test {

// One organization's client that works without pause and remembers what it was told, so that it can
// say afterwards what must be there.
class Tenant {
 public:
  Tenant(Person person, std::uint64_t seed) : person_(std::move(person)), random_(seed) {}

  // Creates, changes and deletes until an answer does not come or it is told to end. At most one
  // request is in doubt afterwards.
  void work(const std::atomic<bool>& end);

  // At a server that has been started again: every acknowledged change is there, and the one in
  // doubt was done whole or not at all. What is wrong, one line each.
  std::vector<std::string> check(int port);

  // The live deployments that are not Ready and the deleted ones that are not gone yet.
  std::vector<std::string> unsettled() const;
  // In the end: the counts of the usage and the audit chain. What is wrong, one line each.
  std::vector<std::string> settle(const Installation& installation) const;

  std::size_t acknowledged() const { return acknowledged_; }
  std::size_t in_doubt() const { return in_doubt_; }

 private:
  struct Thing {
    enum class State { creating, live, changing, deleting, deleted } state;
    std::string mark;    // Of its environment.
    std::string wanted;  // In doubt: the mark of the change.
    std::string key;     // Idempotency-Key of the create.
    std::string id;      // Known once the create was answered.
  };
  bool create();
  bool change(const std::string& name);
  bool remove(const std::string& name);
  // True when the answer settles the request.
  bool told(const Answer& answer, int expected, const std::string& what);
  std::vector<std::string> in_state(Thing::State state) const;

  Person person_;
  SeededRandom random_;
  std::map<std::string, Thing> things_;
  std::vector<std::string> wrong_;
  std::size_t made_ = 0;
  std::size_t acknowledged_ = 0;
  std::size_t in_doubt_ = 0;
};

}  // namespace ks::test
