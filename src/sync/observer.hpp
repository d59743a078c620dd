#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "sync/carrier.hpp"

namespace ks::sync {

// Carries what the cluster says into the database: statuses, and that something of ours is gone or
// is not as it was handed over. Writes nothing to the cluster but removals of old Secrets.
class Observer {
 public:
  // An object that changed, or the last known one when it is gone.
  struct Event {
    Json object;
    bool gone = false;
  };

  Observer(const Stores& stores, Carrier& carrier) : stores_(stores), carrier_(carrier) {}

  void sandbox_changed(const Json& object, bool gone) { note(sandboxes_changed_, object, gone); }
  void deployment_changed(const Json& object, bool gone) {
    note(deployments_changed_, object, gone);
  }
  // What changed and was not taken yet; of one object only the last word.
  std::vector<Event> take_sandboxes() { return take(sandboxes_changed_); }
  std::vector<Event> take_deployments() { return take(deployments_changed_); }

  void pull_sandbox(const Event& event);
  void pull_deployment(const Event& event);

 private:
  using Events = std::map<std::string, Event>;
  void note(Events& events, const Json& object, bool gone);
  std::vector<Event> take(Events& events);
  // Comes again, unless a newer word did.
  void again(Events& events, const Event& event);
  struct Told {
    Phase phase;
    std::string reason;
    std::string message;
  };
  Told told(const WantedDeployment& wanted, const UserDeploymentResource& resource) const;
  void store_status(const WantedDeployment& wanted, const UserDeploymentResource& resource);

  const Stores& stores_;
  Carrier& carrier_;
  std::mutex mutex_;
  Events sandboxes_changed_;
  Events deployments_changed_;
};

}  // namespace ks::sync
