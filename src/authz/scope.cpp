#include "authz/scope.hpp"

namespace ks {

TenantScope FleetScope::tenant(const ClientId& client, const OrgId& org) const {
  static const auto kSystem = [] {
    auto standing = std::make_shared<Standing>();
    standing->system = true;
    return std::shared_ptr<const Standing>(std::move(standing));
  }();
  static const auto kNowhere = std::make_shared<const Trail>();
  return TenantScope(client, org, std::nullopt, kSystem, kNowhere);
}

}  // namespace ks
