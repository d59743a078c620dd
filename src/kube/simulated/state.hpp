#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "kube/simulated/cluster.hpp"
#include "kube/simulated/fields.hpp"
#include "runtime/loop.hpp"

namespace ks::kube::simulated {

using Object = std::shared_ptr<const Json>;

struct Stored {
  Object object;
  std::map<std::string, Fields> owners;  // By manager, operation and subresource.
};

struct Change {
  std::int64_t version;
  WatchEvent::Type type;
  Object object;
  Object before;  // Null for `added`.
};

// What outlives a server: its objects, and the version that it was at.
struct SimulatedCluster::Copy {
  std::int64_t version = 1;
  std::map<Kind, std::map<std::pair<std::string, std::string>, Stored>> objects;
  std::map<std::string, Ref> uids;
  std::map<std::string, std::set<Ref>> dependents;
};

// What the API server keeps: objects, the log of changes that watches read, and who owns whom. Not
// locked; the caller does.
class State {
 public:
  State(const Clock& clock, Options options);

  const Options& options() const { return options_; }
  Time now() const { return clock_.now(); }
  std::int64_t version() const { return kept_.version; }
  Random& random() { return random_; }
  const Clock& clock() const { return clock_; }

  const Stored* find(const Ref& ref) const;
  const Json* object(const Ref& ref) const;
  std::optional<Ref> by_uid(const std::string& uid) const;
  std::vector<Ref> dependents(const std::string& uid) const;
  // Of all namespaces when `ns` is empty; in order of namespace and name.
  std::vector<Object> objects(const Kind& kind, const std::string& ns) const;
  std::vector<Ref> in_namespace(const std::string& ns) const;

  // Gives a new object its uid, version and time of creation, and stores it.
  Json add(const Ref& ref, Json object, std::map<std::string, Fields> owners);
  // Stores a changed object under a new version; one that is being deleted and has nothing left to
  // wait for goes.
  Json replace(const Ref& ref, Json object, std::map<std::string, Fields> owners);
  // As replace, when the status differs; with the owners as they are.
  void set_status(const Ref& ref, Json status);
  void begin_removal(const Ref& ref, DeleteOptions::Propagation propagation);
  void erase(const Ref& ref);

  bool custom(const Kind& kind) const;
  bool has_status(const Kind& kind) const;
  bool has_generation(const Kind& kind) const;
  // The definition of a custom kind, or nullptr.
  const Json* definition(const Kind& kind) const;
  // False when the kind is custom, unknown, and definitions are required.
  bool serves(const Kind& kind) const;
  Schema schema(const Kind& kind) const;

  // Changes of `kind` after `version`; nullptr when some of them are forgotten. The pointer is
  // valid until the state changes.
  const std::deque<Change>* changes(const Kind& kind, std::int64_t version) const;
  void compact();
  std::int64_t compactions() const { return compactions_; }

  const SimulatedCluster::Copy& kept() const { return kept_; }
  void go_back_to(const SimulatedCluster::Copy& copy, SimulatedCluster::Versions versions);
  void on_change(SimulatedCluster::Told told) { told_ = std::move(told); }
  void set_nodes(bool any);
  bool has_nodes() const { return has_nodes_; }

  // Set at each change.
  void add_listener(const std::shared_ptr<runtime::Event>& listener);
  void wake_listeners();

  // What the controllers have to look at.
  void mark(const Ref& ref) { dirty_.insert(ref); }
  // At the latest then; looking at it earlier forgets this.
  void mark_at(Time when, const Ref& ref);
  std::optional<Ref> next_marked(Time now);
  std::optional<Time> next_due() const;

 private:
  void store(const Ref& ref, Stored stored, WatchEvent::Type type, Object before);
  void log(const Kind& kind, Change change);
  void mark_owners(const Json& object);
  void mark_around(const Ref& ref, const Json& object);
  void unmark(const Ref& ref);
  void index_owners(const Ref& ref, const Json* before, const Json* after);

  const Clock& clock_;
  Options options_;
  SeededRandom random_;
  SimulatedCluster::Copy kept_;
  SimulatedCluster::Told told_;
  bool has_nodes_ = true;
  std::int64_t compactions_ = 0;
  std::int64_t compacted_ = 0;  // Changes up to here are forgotten.
  std::map<Kind, std::deque<Change>> log_;
  std::map<Kind, std::int64_t> forgotten_;  // The last version dropped from a kind's log.
  std::vector<std::weak_ptr<runtime::Event>> listeners_;
  std::set<Ref> dirty_;
  std::set<std::pair<Time, Ref>> due_;
  std::map<Ref, Time> due_times_;
};

// RFC 3339 in whole seconds, as Kubernetes writes times.
std::string kube_time(Time time);

bool is_ending(const Json& object);
bool has_finalizer(const Json& object, std::string_view name);
void drop_finalizer(Json& object, std::string_view name);

}  // namespace ks::kube::simulated
