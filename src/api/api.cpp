#include "api/api.hpp"

#include "api/exports/seats.hpp"
#include "api/router.hpp"

namespace ks::api {

void mount(http::Router& raw, Services& services, FeedHub& hub) {
  Router router(raw, services);
  const auto seats = std::make_shared<ExportSeats>();
  mount_system(router, services);
  mount_accounts(router, services);
  mount_recovery(router, services);
  mount_own_account(router, services);
  mount_organizations(router, services);
  mount_teams(router, services);
  mount_access(router, services, seats);
  mount_reviews(router, services);
  mount_members(router, services);
  mount_invitations(router, services);
  mount_invited(router, services);
  mount_ownership(router, services);
  mount_removal(router, services);
  mount_team_members(router, services);
  mount_deployments(router, services);
  mount_audit(router, services, seats);
  mount_isolation(router, services);
  mount_platform(router, services);
  mount_stream(router, services, hub);
}

}  // namespace ks::api
