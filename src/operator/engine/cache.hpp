#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kube/cluster.hpp"
#include "operator/plan/step.hpp"

namespace ks::op {

// What the operator knows of the cluster. Filled by informers, and at once by the operator's own
// writes, so that a plan never repeats what was just done. One thread only.
class Cache {
 public:
  // Called after each change; `before` or `after` is null for something new or gone.
  using Listener = std::function<void(const kube::Kind&, const Json* before, const Json* after)>;
  explicit Cache(Listener listener) : listener_(std::move(listener)) {}

  Seen find(const kube::Ref& ref) const;
  // In one namespace, or everywhere when `ns` is empty; in the order of names.
  std::vector<Seen> list(const kube::Kind& kind, std::string_view ns = {}) const;

  // From a watch, whose events come in the order of versions.
  void put_event(const kube::Kind& kind, const Json& object);
  void remove_event(const kube::Kind& kind, const Json& object);
  void bookmark(const kube::Kind& kind, std::string_view version);
  // From a whole list: what is not in it is gone. One of an older version than the watch has shown
  // is of a server that was started on an old copy of its data, and is believed in everything.
  void replace(const kube::Kind& kind, const std::vector<Json>& objects, std::string_view version);
  // From the answer to a get or a write. Ignored when the watch has gone past it already, since
  // then the object may be gone again.
  void put_answer(const kube::Kind& kind, const Json& object);
  // After an answer that the object is gone, before the watch tells.
  void forget(const kube::Ref& ref, std::string_view uid);
  // After a removal that was accepted: the object counts as terminating until the watch says more.
  void mark_ending(const kube::Ref& ref, std::string_view uid);

  std::size_t size(const kube::Kind& kind) const;
  // Whether all of that kind has been told once.
  bool knows(const kube::Kind& kind) const;

 private:
  using Name = std::pair<std::string, std::string>;
  struct Store {
    std::map<Name, Seen> objects;
    std::uint64_t version = 0;  // The newest that the watch has shown.
    bool listed = false;
  };
  enum class Trust { newer, always };  // Which versions of an object are taken.
  void put(const kube::Kind& kind, Store& store, const Json& object, Trust trust = Trust::newer);
  void erase(const kube::Kind& kind, Store& store, const Name& name);

  Listener listener_;
  std::map<kube::Kind, Store> stores_;
};

}  // namespace ks::op
