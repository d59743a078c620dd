#pragma once

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "kube/cluster.hpp"

namespace ks::sim {

// Watches of some kinds tell nothing for as long as they are held; all else goes through.
class HeldWatches final : public kube::Cluster {
 public:
  explicit HeldWatches(kube::Cluster& inner, const std::set<kube::Kind>& held)
      : inner_(inner), held_(held) {}

  kube::KubeResult<Json> get(const kube::Ref& ref) override { return inner_.get(ref); }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    return inner_.list(kind, options);
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& options) override {
    auto opened = inner_.watch(kind, options);
    if (!opened) return opened;
    return std::make_unique<Held>(std::move(*opened), kind, held_);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    return inner_.create(kind, object);
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    return inner_.apply(kind, object, options);
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& options) override {
    return inner_.remove(ref, options);
  }
  bool simulated() const override { return true; }

 private:
  class Held final : public kube::Watch {
   public:
    Held(std::unique_ptr<kube::Watch> inner, kube::Kind kind, const std::set<kube::Kind>& held)
        : inner_(std::move(inner)), kind_(std::move(kind)), held_(held) {}
    kube::KubeResult<std::optional<kube::WatchEvent>> next(Duration timeout) override {
      if (held_.contains(kind_)) return std::nullopt;
      return inner_->next(timeout);
    }
    void wake() override { inner_->wake(); }

   private:
    std::unique_ptr<kube::Watch> inner_;
    kube::Kind kind_;
    const std::set<kube::Kind>& held_;
  };

  kube::Cluster& inner_;
  const std::set<kube::Kind>& held_;
};

}  // namespace ks::sim
