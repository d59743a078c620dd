#pragma once

#include <utility>

#include "authz/action.hpp"
#include "authz/scope.hpp"

namespace ks {

// What all permits have in common: the tenant. For stores that serve every kind of write, such as
// the journal; made as part of a Permit only.
class AnyPermit {
 public:
  const TenantScope& scope() const noexcept { return scope_; }

 private:
  template <Action A, class Noun>
  friend class Permit;
  explicit AnyPermit(TenantScope scope) : scope_(std::move(scope)) {}
  TenantScope scope_;
};

// Proof that policy allowed one action on one container (an organization or a team) inside one
// tenant. Store methods take nothing else, so acting without asking does not compile. Valid for the
// transaction it was obtained in; do not keep it longer.
template <Action A, class Noun>
class Permit : public AnyPermit {
 public:
  const Id<Noun>& id() const noexcept { return id_; }

 private:
  friend class Authorizer;
  Permit(TenantScope scope, Id<Noun> id) : AnyPermit(std::move(scope)), id_(id) {}
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
