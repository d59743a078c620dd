#include "kube/simulated/cluster.hpp"

#include <algorithm>
#include <charconv>

#include "kube/body.hpp"
#include "kube/simulated/impl.hpp"
#include "kube/simulated/selector.hpp"
#include "kube/simulated/writes.hpp"

namespace ks::kube::simulated {

namespace {

constexpr Duration kTickSoonest = milliseconds(50);
constexpr Duration kTickLatest = seconds(1);

enum class Does { reads, writes };

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// What may go wrong before a call is done.
KubeResult<void> fault_before(SimulatedCluster::Impl& impl, Does does, const Kind& kind) {
  const Faults& f = impl.faults;
  if (impl.down) return kube_error(0, "NoAnswer", "connection refused");
  if (impl.happens(f.no_answer_before)) return kube_error(0, "NoAnswer", "the call timed out");
  if (impl.happens(f.error_429)) {
    const auto more = static_cast<std::uint64_t>(f.retry_after_max.us / 1'000'000);
    const Duration after =
        seconds(more > 1 ? 1 + static_cast<std::int64_t>(impl.chance.below(more)) : 1);
    KubeError error{429, "TooManyRequests", "too many requests, please try again later", after};
    return std::unexpected(std::move(error));
  }
  if (impl.happens(f.error_500)) return kube_error(500, "InternalError", "internal error");
  if (does == Does::writes && impl.happens(f.conflict_409))
    return kube_error(409, "Conflict",
                      "Operation cannot be fulfilled on " + kind.plural +
                          ": the object has been modified; please apply your changes to the latest "
                          "version and try again");
  return {};
}

KubeResult<void> fault_of_write(SimulatedCluster::Impl& impl, const Ref& ref) {
  if (ref.kind == kinds::kLease || !impl.happens(impl.faults.error_403)) return {};
  return kube_error(403, "Forbidden",
                    "admission webhook \"simulated.example\" denied the request: not now");
}

KubeResult<void> fault_after(SimulatedCluster::Impl& impl) {
  if (impl.happens(impl.faults.no_answer_after))
    return kube_error(0, "NoAnswer", "the connection was lost before the answer came");
  return {};
}

std::string resource(const Kind& kind, Subresource subresource) {
  switch (subresource) {
    case Subresource::none:
      return kind.plural;
    case Subresource::status:
      return kind.plural + "/status";
    case Subresource::finalize:
      return kind.plural + "/finalize";
  }
  return kind.plural;
}

}  // namespace

SimulatedCluster::SimulatedCluster(const Clock& clock, Options options)
    : impl_(std::make_shared<Impl>(clock, options)) {}
SimulatedCluster::~SimulatedCluster() = default;

KubeResult<Json> SimulatedCluster::get(const Ref& ref) {
  const std::lock_guard lock(impl_->mutex);
  impl_->uses.insert({"get", ref.kind.group, ref.kind.plural});
  KS_CHECK(check_ref(ref));
  KS_CHECK(fault_before(*impl_, Does::reads, ref.kind));
  const Json* object = impl_->state.object(ref);
  if (object == nullptr || !impl_->state.serves(ref.kind)) return missing(ref);
  KS_CHECK(fault_after(*impl_));
  return *object;
}

KubeResult<ListPage> SimulatedCluster::list(const Kind& kind, const ListOptions& options) {
  const std::lock_guard lock(impl_->mutex);
  impl_->uses.insert({"list", kind.group, kind.plural});
  KS_CHECK(fault_before(*impl_, Does::reads, kind));
  if (!impl_->state.serves(kind))
    return kube_error(404, "NotFound", "the server could not find the requested resource");
  const auto selector = Selector::parse(options.label_selector);
  if (!selector) return kube_error(400, "BadRequest", selector.error());

  // A token names a list made earlier and the first item of the page: "list:item".
  std::int64_t list_number = 0;
  std::size_t at = 0;
  Impl::List fresh;
  const Impl::List* list = &fresh;
  if (options.continue_token.empty()) {
    fresh.version = impl_->state.version();
    for (Object& object : impl_->state.objects(kind, kind.namespaced ? options.ns : ""))
      if (selector->matches(*object)) fresh.items.push_back(std::move(object));
  } else {
    const std::string_view token = options.continue_token;
    const auto colon = token.find(':');
    const auto made = number(token.substr(0, colon));
    const auto item = colon == token.npos ? std::nullopt : number(token.substr(colon + 1));
    if (!made || !item) return kube_error(400, "BadRequest", "continue key is not valid");
    const auto known = impl_->lists.find(*made);
    if (known == impl_->lists.end())
      return kube_error(410, "Expired", "The provided continue parameter is too old");
    list_number = *made;
    at = static_cast<std::size_t>(*item);
    list = &known->second;
  }

  ListPage page;
  page.resource_version = std::to_string(list->version);
  std::size_t limit =
      options.limit > 0 ? static_cast<std::size_t>(options.limit) : list->items.size();
  if (const std::size_t most = impl_->state.options().page_max; most > 0)
    limit = std::min(limit, most);
  const std::size_t bytes_max = impl_->state.options().answer_bytes_max;
  std::size_t end = at, bytes = 0;
  while (end < list->items.size() && end - at < limit) {
    if (bytes_max > 0) bytes += list->items[end]->dump().size();
    if (bytes > bytes_max) break;
    ++end;
  }
  if (end == at && bytes > bytes_max)
    return kube_error(413, "AnswerTooLong", "the answer is too long");
  for (; at < end; ++at) page.items.push_back(*list->items[at]);
  if (end < list->items.size()) {
    if (list_number == 0) {
      list_number = ++impl_->lists_made;
      impl_->lists.emplace(list_number, std::move(fresh));
      if (impl_->lists.size() > impl_->state.options().lists_kept)
        impl_->lists.erase(impl_->lists.begin());
    }
    page.continue_token = std::to_string(list_number) + ":" + std::to_string(end);
  }
  KS_CHECK(fault_after(*impl_));
  return page;
}

KubeResult<std::unique_ptr<Watch>> SimulatedCluster::watch(const Kind& kind,
                                                           const WatchOptions& options) {
  const std::lock_guard lock(impl_->mutex);
  impl_->uses.insert({"watch", kind.group, kind.plural});
  KS_CHECK(fault_before(*impl_, Does::reads, kind));
  if (!impl_->state.serves(kind))
    return kube_error(404, "NotFound", "the server could not find the requested resource");
  auto selector = Selector::parse(options.label_selector);
  if (!selector) return kube_error(400, "BadRequest", selector.error());
  // Without a version, the watch begins with everything there is.
  std::int64_t from = impl_->state.version();
  std::vector<Object> initial;
  if (!options.resource_version.empty() && options.resource_version != "0") {
    const auto version = number(options.resource_version);
    if (!version)
      return kube_error(400, "BadRequest",
                        "invalid resource version \"" + options.resource_version + "\"");
    from = *version;
    if (impl_->state.changes(kind, from) == nullptr)
      return kube_error(410, "Expired", "too old resource version");
  } else {
    for (Object& object : impl_->state.objects(kind, kind.namespaced ? options.ns : ""))
      if (selector->matches(*object)) initial.push_back(std::move(object));
  }
  return make_watch(impl_, kind, options, std::move(*selector), from, std::move(initial));
}

KubeResult<Json> SimulatedCluster::create(const Kind& kind, const Json& object) {
  auto result = [&]() -> KubeResult<Json> {
    const std::lock_guard lock(impl_->mutex);
    impl_->uses.insert({"create", kind.group, kind.plural});
    KS_CHECK(fault_before(*impl_, Does::reads, kind));
    KS_CHECK(fault_of_write(*impl_, ref_of(kind, object)));
    if (kind != kinds::kLease) ++impl_->mutating;
    auto made = simulated::create(impl_->state, kind, object);
    if (made && kind != kinds::kLease) ++impl_->effective;
    KS_CHECK(fault_after(*impl_));
    return made;
  }();
  impl_->arm();
  return result;
}

KubeResult<Json> SimulatedCluster::apply(const Kind& kind, const Json& object,
                                         const ApplyOptions& options) {
  auto result = [&]() -> KubeResult<Json> {
    const std::lock_guard lock(impl_->mutex);
    impl_->uses.insert({"patch", kind.group, resource(kind, options.subresource)});
    KS_CHECK(fault_before(*impl_, Does::writes, kind));
    KS_CHECK(fault_of_write(*impl_, ref_of(kind, object)));
    if (kind != kinds::kLease) ++impl_->mutating;
    auto applied = simulated::apply(impl_->state, kind, object, options);
    if (applied && applied->made) impl_->uses.insert({"create", kind.group, kind.plural});
    if (applied && applied->changed && kind != kinds::kLease) ++impl_->effective;
    KS_CHECK(fault_after(*impl_));
    if (!applied) return std::unexpected(std::move(applied).error());
    return std::move(applied->object);
  }();
  impl_->arm();
  return result;
}

KubeResult<void> SimulatedCluster::remove(const Ref& ref, const DeleteOptions& options) {
  auto result = [&]() -> KubeResult<void> {
    const std::lock_guard lock(impl_->mutex);
    impl_->uses.insert({"delete", ref.kind.group, ref.kind.plural});
    KS_CHECK(fault_before(*impl_, Does::writes, ref.kind));
    KS_CHECK(fault_of_write(*impl_, ref));
    if (ref.kind != kinds::kLease) ++impl_->mutating;
    auto removed = simulated::remove(impl_->state, ref, options);
    if (removed && *removed && ref.kind != kinds::kLease) ++impl_->effective;
    KS_CHECK(fault_after(*impl_));
    if (!removed) return std::unexpected(std::move(removed).error());
    return {};
  }();
  impl_->arm();
  return result;
}

void SimulatedCluster::tick() {
  const std::lock_guard lock(impl_->mutex);
  impl_->controllers.tick();
}

bool SimulatedCluster::pending() const { return next_due().has_value(); }

std::optional<Time> SimulatedCluster::next_due() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.next_due();
}

void SimulatedCluster::start(runtime::Loop& loop) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->loop = &loop;
  }
  impl_->arm();
}

void SimulatedCluster::Impl::arm() {
  const std::lock_guard lock(mutex);
  const auto due = state.next_due();
  if (loop == nullptr || !due) return;
  const Time now = state.now();
  const Time when = now + std::clamp(*due - now, kTickSoonest, kTickLatest);
  if (armed_for && *armed_for <= when) return;
  armed_for = when;
  loop->post([weak = weak_from_this(), delay = when - now] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->loop->call_after(delay, [weak] {
      const auto there = weak.lock();
      if (there == nullptr) return;
      {
        const std::lock_guard inner(there->mutex);
        there->armed_for.reset();
        there->controllers.tick();
      }
      there->arm();
    });
  });
}

void SimulatedCluster::set_faults(const Faults& faults) {
  const std::lock_guard lock(impl_->mutex);
  impl_->faults = faults;
}

void SimulatedCluster::set_down(bool down) {
  const std::lock_guard lock(impl_->mutex);
  if (down && !impl_->down) ++impl_->breaks;
  impl_->down = down;
  impl_->state.wake_listeners();
}

void SimulatedCluster::set_nodes(bool any) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->state.set_nodes(any);
  }
  impl_->arm();
}

void SimulatedCluster::on_change(Told told) {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.on_change(std::move(told));
}

std::shared_ptr<const SimulatedCluster::Copy> SimulatedCluster::copy() const {
  const std::lock_guard lock(impl_->mutex);
  return std::make_shared<const Copy>(impl_->state.kept());
}

void SimulatedCluster::go_back_to(const Copy& copy, Versions versions) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->state.go_back_to(copy, versions);
    impl_->lists.clear();
    ++impl_->breaks;
    impl_->state.wake_listeners();
  }
  impl_->arm();
}

void SimulatedCluster::compact() {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.compact();
  impl_->lists.clear();
}

std::int64_t SimulatedCluster::mutating_calls() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->mutating;
}

std::int64_t SimulatedCluster::effective_writes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->effective;
}

std::set<VerbUse> SimulatedCluster::verbs_used() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->uses;
}

}  // namespace ks::kube::simulated
