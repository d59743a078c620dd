#include "kube/simulated/state.hpp"

#include <algorithm>

namespace ks::kube::simulated {

namespace {

bool no_items(const Json& list) { return !list.is_array() || list.as_array().empty(); }

std::vector<std::string> owner_uids(const Json& object) {
  std::vector<std::string> out;
  if (const Json& owners = object.at("metadata", "ownerReferences"); owners.is_array())
    for (const Json& owner : owners.as_array()) out.emplace_back(owner.text("uid"));
  return out;
}

bool spec_changed(const Kind& kind, bool custom, const Json& before, const Json& after) {
  if (!custom) {
    if (!(before.at("spec") == after.at("spec"))) return true;
    // The API server counts a Deployment's annotations as part of what is wanted.
    return kind == kinds::kDeployment &&
           !(before.at("metadata", "annotations") == after.at("metadata", "annotations"));
  }
  Json was = before, is = after;
  for (Json* object : {&was, &is}) {
    object->erase("metadata");
    object->erase("status");
  }
  return !(was == is);
}

}  // namespace

std::string kube_time(Time time) { return rfc3339(time).substr(0, 19) + "Z"; }

bool is_ending(const Json& object) {
  return object.at("metadata", "deletionTimestamp").is_string();
}

bool has_finalizer(const Json& object, std::string_view name) {
  const Json& list = object.at("metadata", "finalizers");
  return list.is_array() && std::ranges::find(list.as_array(), Json(name)) != list.as_array().end();
}

void drop_finalizer(Json& object, std::string_view name) {
  Json* list = object["metadata"].find("finalizers");
  if (list == nullptr || !list->is_array()) return;
  std::erase(list->as_array(), Json(name));
  if (list->as_array().empty()) object["metadata"].erase("finalizers");
}

State::State(const Clock& clock, Options options)
    : clock_(clock), options_(options), random_(options.seed) {
  // Routes get the class that is the default, as on most clusters.
  const std::string name = "simulated";
  Json routes = Json::object(
      {{"apiVersion", kinds::kIngressClass.api_version()},
       {"kind", kinds::kIngressClass.name},
       {"metadata", Json::object({{"name", name},
                                  {"uid", "00000000-0000-4000-8000-000000000001"},
                                  {"resourceVersion", std::to_string(kept_.version)}})}});
  routes["metadata"]["annotations"].set("ingressclass.kubernetes.io/is-default-class", "true");
  kept_.objects[kinds::kIngressClass][{"", name}] = {
      std::make_shared<const Json>(std::move(routes)), {}};
}

const Stored* State::find(const Ref& ref) const {
  const auto kind = kept_.objects.find(ref.kind);
  if (kind == kept_.objects.end()) return nullptr;
  const auto it = kind->second.find({ref.ns, ref.name});
  return it == kind->second.end() ? nullptr : &it->second;
}

const Json* State::object(const Ref& ref) const {
  const Stored* stored = find(ref);
  return stored != nullptr ? stored->object.get() : nullptr;
}

std::optional<Ref> State::by_uid(const std::string& uid) const {
  const auto it = kept_.uids.find(uid);
  if (it == kept_.uids.end()) return std::nullopt;
  return it->second;
}

std::vector<Ref> State::dependents(const std::string& uid) const {
  const auto it = kept_.dependents.find(uid);
  if (it == kept_.dependents.end()) return {};
  return {it->second.begin(), it->second.end()};
}

std::vector<Object> State::objects(const Kind& kind, const std::string& ns) const {
  std::vector<Object> out;
  const auto it = kept_.objects.find(kind);
  if (it == kept_.objects.end()) return out;
  for (auto at = it->second.lower_bound({ns, ""}); at != it->second.end(); ++at) {
    if (!ns.empty() && at->first.first != ns) break;
    out.push_back(at->second.object);
  }
  return out;
}

std::vector<Ref> State::in_namespace(const std::string& ns) const {
  std::vector<Ref> out;
  for (const auto& [kind, list] : kept_.objects) {
    if (!kind.namespaced) continue;
    for (auto at = list.lower_bound({ns, ""}); at != list.end() && at->first.first == ns; ++at)
      out.push_back({kind, ns, at->first.second});
  }
  return out;
}

namespace {
// The managers as the API server lists them, without the fields of each.
Json managers_of(const std::map<std::string, Fields>& owners) {
  Json out = Json::array();
  for (const auto& [key, fields] : owners) {
    const std::size_t end = key.find('\n');
    const bool created = key.starts_with("k8s-scheduler create");
    Json one =
        Json::object({{"manager", created ? std::string("k8s-scheduler") : key.substr(0, end)},
                      {"operation", created ? "Update" : "Apply"}});
    if (end + 1 < key.size()) one.set("subresource", key.substr(end + 1));
    out.push(std::move(one));
  }
  return out;
}
}  // namespace

Json State::add(const Ref& ref, Json object, std::map<std::string, Fields> owners) {
  Json& meta = object["metadata"];
  meta.set("uid", uuid_v7(clock_, random_)).set("creationTimestamp", kube_time(now()));
  if (has_generation(ref.kind)) meta.set("generation", 1);
  meta.set("resourceVersion", std::to_string(++kept_.version));
  meta.set("managedFields", managers_of(owners));
  auto stored = std::make_shared<const Json>(std::move(object));
  index_owners(ref, nullptr, stored.get());
  kept_.uids.insert_or_assign(std::string(stored->text("metadata", "uid")), ref);
  store(ref, {stored, std::move(owners)}, WatchEvent::Type::added, nullptr);
  return *stored;
}

Json State::replace(const Ref& ref, Json object, std::map<std::string, Fields> owners) {
  const Object before = find(ref)->object;
  if (has_generation(ref.kind) && spec_changed(ref.kind, custom(ref.kind), *before, object))
    object["metadata"].set("generation", before->integer_or(0, "metadata", "generation") + 1);
  object["metadata"].set("resourceVersion", std::to_string(++kept_.version));
  object["metadata"].set("managedFields", managers_of(owners));
  const bool done = is_ending(object) && no_items(object.at("metadata", "finalizers")) &&
                    ref.kind != kinds::kPod &&
                    (ref.kind != kinds::kNamespace || no_items(object.at("spec", "finalizers")));
  auto stored = std::make_shared<const Json>(std::move(object));
  index_owners(ref, before.get(), stored.get());
  store(ref, {stored, std::move(owners)}, WatchEvent::Type::modified, before);
  if (done) {
    // What was the last change is seen as the deletion only.
    log_[ref.kind].pop_back();
    erase(ref);
  }
  return *stored;
}

void State::set_status(const Ref& ref, Json status) {
  const Stored* stored = find(ref);
  if (stored == nullptr || stored->object->at("status") == status) return;
  Json object = *stored->object;
  object.set("status", std::move(status));
  auto owners = stored->owners;
  replace(ref, std::move(object), std::move(owners));
}

void State::begin_removal(const Ref& ref, DeleteOptions::Propagation propagation) {
  const Stored* stored = find(ref);
  if (stored == nullptr || is_ending(*stored->object)) return;
  Json object = *stored->object;
  if (propagation != DeleteOptions::Propagation::background)
    object["metadata"]["finalizers"].push(
        propagation == DeleteOptions::Propagation::foreground ? "foregroundDeletion" : "orphan");
  if (ref.kind != kinds::kPod && ref.kind != kinds::kNamespace &&
      no_items(object.at("metadata", "finalizers"))) {
    erase(ref);
    return;
  }
  Json& meta = object["metadata"];
  meta.set("deletionTimestamp", kube_time(now())).set("deletionGracePeriodSeconds", 0);
  if (has_generation(ref.kind)) meta.set("generation", meta.integer_or(0, "generation") + 1);
  if (ref.kind == kinds::kNamespace) object["status"].set("phase", "Terminating");
  auto owners = stored->owners;
  replace(ref, std::move(object), std::move(owners));
}

void State::erase(const Ref& ref) {
  const Object before = find(ref)->object;
  Json last = *before;
  last["metadata"].set("resourceVersion", std::to_string(++kept_.version));
  index_owners(ref, before.get(), nullptr);
  const std::string uid(before->text("metadata", "uid"));
  kept_.uids.erase(uid);
  kept_.objects[ref.kind].erase({ref.ns, ref.name});
  unmark(ref);
  mark(ref);
  for (const Ref& dependent : dependents(uid)) mark(dependent);
  mark_around(ref, *before);
  log(ref.kind, {kept_.version, WatchEvent::Type::deleted,
                 std::make_shared<const Json>(std::move(last)), before});
}

void State::store(const Ref& ref, Stored stored, WatchEvent::Type type, Object before) {
  const Object object = stored.object;
  kept_.objects[ref.kind].insert_or_assign({ref.ns, ref.name}, std::move(stored));
  mark(ref);
  if (type == WatchEvent::Type::added || ref.kind == kinds::kPersistentVolumeClaim)
    mark_around(ref, *object);
  else if (ref.kind == kinds::kPod)
    mark_owners(*object);
  // Pods may wait for it.
  if (ref.kind == kinds::kSecret || ref.kind == kinds::kConfigMap ||
      ref.kind == kinds::kPersistentVolumeClaim)
    for (const Object& pod : objects(kinds::kPod, ref.ns)) mark(ref_of(kinds::kPod, *pod));
  log(ref.kind, {kept_.version, type, object, std::move(before)});
}

void State::mark_owners(const Json& object) {
  for (const std::string& uid : owner_uids(object))
    if (const auto owner = by_uid(uid)) mark(*owner);
}

// A change of one object concerns its owners, the quotas of its namespace, and the namespace itself
// while that is emptied.
void State::mark_around(const Ref& ref, const Json& object) {
  mark_owners(object);
  if (!ref.kind.namespaced) return;
  for (const Object& quota : objects(kinds::kResourceQuota, ref.ns))
    mark(ref_of(kinds::kResourceQuota, *quota));
  const Ref ns{kinds::kNamespace, "", ref.ns};
  if (const Json* around = this->object(ns); around != nullptr && is_ending(*around)) mark(ns);
}

void State::index_owners(const Ref& ref, const Json* before, const Json* after) {
  if (before != nullptr)
    for (const std::string& uid : owner_uids(*before)) {
      auto& list = kept_.dependents[uid];
      list.erase(ref);
      if (list.empty()) kept_.dependents.erase(uid);
    }
  if (after != nullptr)
    for (const std::string& uid : owner_uids(*after)) kept_.dependents[uid].insert(ref);
}

void State::log(const Kind& kind, Change change) {
  if (told_)
    told_(kind, change.before.get(),
          change.type == WatchEvent::Type::deleted ? nullptr : change.object.get());
  auto& changes = log_[kind];
  changes.push_back(std::move(change));
  while (changes.size() > options_.events_kept) {
    forgotten_[kind] = changes.front().version;
    changes.pop_front();
  }
  wake_listeners();
}

const std::deque<Change>* State::changes(const Kind& kind, std::int64_t version) const {
  static const std::deque<Change> kNone;
  if (version < compacted_) return nullptr;
  if (const auto it = forgotten_.find(kind); it != forgotten_.end() && version < it->second)
    return nullptr;
  const auto it = log_.find(kind);
  return it == log_.end() ? &kNone : &it->second;
}

void State::compact() {
  compacted_ = kept_.version;
  ++compactions_;
  log_.clear();
  forgotten_.clear();
}

void State::go_back_to(const SimulatedCluster::Copy& copy, SimulatedCluster::Versions versions) {
  constexpr std::int64_t kJump = 1'000'000;
  const std::int64_t ahead = kept_.version + kJump;
  kept_ = copy;
  if (versions == SimulatedCluster::Versions::jump_ahead) kept_.version = ahead;
  compacted_ = kept_.version;
  log_.clear();
  forgotten_.clear();
  dirty_.clear();
  due_.clear();
  due_times_.clear();
  for (const auto& [kind, list] : kept_.objects)
    for (const auto& [name, stored] : list) mark({kind, name.first, name.second});
}

void State::set_nodes(bool any) {
  has_nodes_ = any;
  for (const Object& pod : objects(kinds::kPod, "")) mark(ref_of(kinds::kPod, *pod));
}

void State::add_listener(const std::shared_ptr<runtime::Event>& listener) {
  std::erase_if(listeners_, [](const auto& known) { return known.expired(); });
  listeners_.push_back(listener);
}

void State::wake_listeners() {
  for (const auto& known : listeners_)
    if (const auto listener = known.lock()) listener->set();
}

void State::mark_at(Time when, const Ref& ref) {
  const auto [known, fresh] = due_times_.try_emplace(ref, when);
  if (!fresh) {
    if (known->second <= when) return;
    due_.erase({known->second, ref});
    known->second = when;
  }
  due_.insert({when, ref});
}

void State::unmark(const Ref& ref) {
  const auto known = due_times_.find(ref);
  if (known == due_times_.end()) return;
  due_.erase({known->second, ref});
  due_times_.erase(known);
}

std::optional<Ref> State::next_marked(Time now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const Ref ref = due_.begin()->second;
    unmark(ref);
    dirty_.insert(ref);
  }
  if (dirty_.empty()) return std::nullopt;
  Ref ref = dirty_.extract(dirty_.begin()).value();
  unmark(ref);
  return ref;
}

std::optional<Time> State::next_due() const {
  if (!dirty_.empty()) return now();
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

bool State::custom(const Kind& kind) const {
  return kind.group.find('.') != std::string::npos && !kind.group.ends_with(".k8s.io");
}

const Json* State::definition(const Kind& kind) const {
  if (!custom(kind)) return nullptr;
  return object({kinds::kCustomResourceDefinition, "", kind.plural + "." + kind.group});
}

bool State::serves(const Kind& kind) const {
  return !custom(kind) || !options_.require_crds || definition(kind) != nullptr;
}

namespace {
const Json* definition_version(const Json* definition, const std::string& version) {
  if (definition == nullptr || !definition->at("spec", "versions").is_array()) return nullptr;
  for (const Json& v : definition->at("spec", "versions").as_array())
    if (v.text("name") == version) return &v;
  return nullptr;
}
}  // namespace

bool State::has_status(const Kind& kind) const {
  if (const Json* defined = definition_version(definition(kind), kind.version))
    return defined->at("subresources").find("status") != nullptr;
  using namespace kinds;
  for (const Kind* without : {&kSecret, &kConfigMap, &kServiceAccount, &kLimitRange,
                              &kNetworkPolicy, &kLease, &kEvent, &kIngressClass})
    if (kind == *without) return false;
  return true;
}

bool State::has_generation(const Kind& kind) const {
  using namespace kinds;
  if (custom(kind)) return true;
  for (const Kind* with : {&kDeployment, &kReplicaSet, &kIngress, &kNetworkPolicy,
                           &kPodDisruptionBudget, &kCustomResourceDefinition, &kPod})
    if (kind == *with) return true;
  return false;
}

Schema State::schema(const Kind& kind) const {
  if (!custom(kind)) return {true, nullptr};
  const Json* defined = definition_version(definition(kind), kind.version);
  return {false, defined != nullptr ? defined->at("schema").find("openAPIV3Schema") : nullptr};
}

}  // namespace ks::kube::simulated
