#pragma once

#include <utility>

#include "authz/action.hpp"
#include "authz/scope.hpp"

namespace ks {

// Proof that policy allowed one action on one container (an organization or a team) inside one
// tenant. Store methods take nothing else, so acting without asking does not compile. Valid for the
// transaction it was obtained in; do not keep it longer.
template <Action A, class Noun>
class Permit {
 public:
  const TenantScope& scope() const noexcept { return scope_; }
  const Id<Noun>& id() const noexcept { return id_; }

 private:
  friend class Authorizer;
  Permit(TenantScope scope, Id<Noun> id) : scope_(std::move(scope)), id_(std::move(id)) {}
  TenantScope scope_;
  Id<Noun> id_;
};

// The right to look for a container before policy is asked about it. Made by the authorizer alone,
// for Directory alone.
class Lookup {
 public:
  const TenantScope& scope() const noexcept { return scope_; }

 private:
  friend class Authorizer;
  explicit Lookup(TenantScope scope) : scope_(std::move(scope)) {}
  TenantScope scope_;
};

}  // namespace ks
