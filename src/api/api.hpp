#pragma once

#include <memory>
#include <string>

#include "api/feed_hub.hpp"
#include "api/services.hpp"
#include "http/router.hpp"

namespace ks::api {

class ExportSeats;
class Router;

// All routes of the product. `services` and `hub` outlive the router.
void mount(http::Router& raw, Services& services, FeedHub& hub);

// By noun; mount() calls them.
void mount_system(Router& router, Services& services);
void mount_accounts(Router& router, Services& services);
void mount_recovery(Router& router, Services& services);
void mount_own_account(Router& router, Services& services);
void mount_organizations(Router& router, Services& services);
void mount_teams(Router& router, Services& services);
void mount_access(Router& router, Services& services, const std::shared_ptr<ExportSeats>& seats);
void mount_reviews(Router& router, Services& services);
void mount_members(Router& router, Services& services);
void mount_invitations(Router& router, Services& services);
void mount_invited(Router& router, Services& services);
void mount_ownership(Router& router, Services& services);
void mount_removal(Router& router, Services& services);
void mount_team_members(Router& router, Services& services);
void mount_deployments(Router& router, Services& services);
void mount_audit(Router& router, Services& services, const std::shared_ptr<ExportSeats>& seats);
void mount_isolation(Router& router, Services& services);
void mount_platform(Router& router, Services& services);
void mount_stream(Router& router, Services& services, FeedHub& hub);

// The contract as JSON, with this installation's address as its server.
std::string contract_json(const Services& services);

}  // namespace ks::api
