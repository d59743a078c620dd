#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/permit.hpp"
#include "domain/sandbox/egress.hpp"
#include "store/page.hpp"
#include "store/transaction.hpp"

namespace ks {

struct Organization {
  OrgId id;
  std::string slug;
  std::string name;
  std::string state;
  std::string plan;
  std::int64_t version = 1;
  Time created_at;
  Time updated_at;
  Time deleted_at;  // 0 unless its state is `deleting`.
  // Whichever its state.
  std::string suspended_for = {};  // Why; empty while it is not suspended.
  Time suspended_at = {};
  // What of the internet its pods may send to; without a list all of it.
  std::optional<EgressList> egress = {};
};

// How long an organization that was deleted can be taken back.
inline constexpr Duration kRestoreWithin = days(30);

struct NewOrganization {
  std::string slug;
  std::string name;
  std::string plan;  // Key of the newest active version of the client's plan.
  Time now;
};

// A row of the platform's list of organizations.
struct OrganizationSummary {
  struct Owner {
    UserId user;
    std::string email;
    std::string name;
    bool active = true;  // False: the account cannot act, and the organization is orphaned.
  };
  ClientId client;
  Organization organization;
  std::optional<Owner> owner;
};

class OrganizationStore {
 public:
  virtual ~OrganizationStore() = default;
  // Inserts the organization of the permit with its subscription and empty usage; false, with
  // nothing done, when the slug is taken.
  virtual Result<bool> create(Tx&, const Permit<Action::org_found, Org>&,
                              const NewOrganization&) = 0;
  virtual Result<void> add_member(Tx&, const Permit<Action::org_found, Org>&, const UserId&,
                                  OrgRole, Time now) = 0;
  virtual Result<Organization> get(Tx&, const Permit<Action::org_read, Org>&) = 0;
  virtual Result<Organization> get_for_administration(
      Tx&, const Permit<Action::orgs_set_plan, Org>&) = 0;
  virtual Result<Organization> get_for_administration(
      Tx&, const Permit<Action::orgs_appoint_owner, Org>&) = 0;
  virtual Result<Organization> get_for_administration(Tx&,
                                                      const Permit<Action::orgs_suspend, Org>&) = 0;
  // With a reason suspends it, without one lifts that. False when it is being deleted.
  virtual Result<bool> set_suspension(Tx&, const Permit<Action::orgs_suspend, Org>&,
                                      std::string_view reason, Time since, Time now) = 0;
  // Sets name and slug when the version is still `version`; false when it is not. `conflict`
  // "organizations_slug_taken".
  virtual Result<bool> set(Tx&, const Permit<Action::org_update, Org>&, const Organization&,
                           std::int64_t version) = 0;
  // From here on it is nobody's but for its owner, who may have it back. False when it is being
  // deleted already.
  virtual Result<bool> begin_delete(Tx&, const Permit<Action::org_delete, Org>&, Time now) = 0;
  // Active again; false when it is not being deleted, or for kRestoreWithin or longer.
  virtual Result<bool> restore(Tx&, const Permit<Action::org_delete, Org>&, Time now) = 0;
  // Everybody's rights are loaded again at their next request.
  virtual Result<void> touch_members(Tx&, const AnyPermit&) = 0;
  virtual Result<std::vector<Contact>> owners(Tx&, const AnyPermit&) = 0;
  // All organizations whose name or slug begins with `prefix`, by id; for platform administrators.
  virtual Result<Page<OrganizationSummary>> list_all(Tx&, const FleetScope&,
                                                     std::string_view prefix,
                                                     const PageRequest&) = 0;
  // By id or slug within a client.
  virtual Result<std::optional<OrgId>> find_any(Tx&, const FleetScope&, const ClientId&,
                                                std::string_view id_or_slug) = 0;
};

}  // namespace ks
