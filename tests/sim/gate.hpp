#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "kube/cluster.hpp"

namespace ks::sim {

// Thrown out of a call at which the process that makes it ends.
struct Crash {};

// Stands between one operator and the cluster, where a process can end, be held up or be refused at
// any call.
class Gate final : public kube::Cluster {
 public:
  enum class When { before, after };
  explicit Gate(kube::Cluster& behind) : behind_(behind) {}

  // At the call so many calls from now, before or after the cluster has done it.
  void crash_at(int calls, When when) { crash_ = {calls, when}; }
  // Runs `body` once, so many writes from now, before the cluster is given that write: as if the
  // process were stopped there for as long as `body` takes.
  void hold_at_write(int writes, std::function<void()> body) { hold_ = {writes, std::move(body)}; }
  // Runs before each call.
  void each_call(std::function<void()> body) { each_ = std::move(body); }
  // Runs when the process has decided to write, before anything can hold it up.
  void each_write(std::function<void(const kube::Ref&)> body) { each_write_ = std::move(body); }
  // What it gives is answered in the cluster's place.
  using Refusal = std::function<std::optional<kube::KubeError>(const char* verb, const kube::Ref&)>;
  void refuse(Refusal refusal) { refusal_ = std::move(refusal); }
  // Calls that change something, the Lease's apart, that were given to the cluster.
  int writes() const { return writes_; }

  kube::KubeResult<Json> get(const kube::Ref& ref) override {
    return through("get", ref, [&] { return behind_.get(ref); });
  }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    return through("list", {kind, options.ns, {}}, [&] { return behind_.list(kind, options); });
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& options) override {
    return through("watch", {kind, options.ns, {}}, [&] { return behind_.watch(kind, options); });
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    return through("create", kube::ref_of(kind, object),
                   [&] { return behind_.create(kind, object); });
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    return through("apply", kube::ref_of(kind, object),
                   [&] { return behind_.apply(kind, object, options); });
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& options) override {
    return through("remove", ref, [&] { return behind_.remove(ref, options); });
  }
  bool simulated() const override { return behind_.simulated(); }

 private:
  struct Crashing {
    int calls = -1;
    When when = When::before;
  };
  struct Holding {
    int writes = -1;
    std::function<void()> body;
  };

  template <class Call>
  auto through(std::string_view verb, const kube::Ref& ref, Call call) -> decltype(call()) {
    const bool writes = (verb == "create" || verb == "apply" || verb == "remove") &&
                        ref.kind != kube::kinds::kLease;
    if (writes && each_write_) each_write_(ref);
    if (each_) each_();
    if (writes && hold_.writes >= 0 && hold_.writes-- == 0) std::exchange(hold_.body, {})();
    const bool ends = crash_.calls >= 0 && crash_.calls-- == 0;
    if (ends && crash_.when == When::before) throw Crash{};
    if (refusal_)
      if (auto error = refusal_(verb.data(), ref)) return std::unexpected(std::move(*error));
    if (writes) ++writes_;
    auto result = call();
    if (ends) throw Crash{};
    return result;
  }

  kube::Cluster& behind_;
  Crashing crash_;
  Holding hold_;
  std::function<void()> each_;
  std::function<void(const kube::Ref&)> each_write_;
  Refusal refusal_;
  int writes_ = 0;
};

}  // namespace ks::sim
