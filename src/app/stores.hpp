#pragma once

#include <string>

#include "authz/authorizer.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "secrets/envelope.hpp"
#include "store/access.hpp"
#include "store/audit.hpp"
#include "store/deployments.hpp"
#include "store/idempotency.hpp"
#include "store/invitations.hpp"
#include "store/isolation.hpp"
#include "store/journal.hpp"
#include "store/members.hpp"
#include "store/names.hpp"
#include "store/organizations.hpp"
#include "store/outbox.hpp"
#include "store/ownership.hpp"
#include "store/plans.hpp"
#include "store/removals.hpp"
#include "store/reviews.hpp"
#include "store/teams.hpp"
#include "store/transaction.hpp"

namespace ks::app {

// Everything a use case works with. The references live as long as the program.
struct Stores {
  const Authorizer& authorizer;
  OrganizationStore& organizations;
  TeamStore& teams;
  MemberStore& members;
  RemovalStore& removals;
  OwnershipStore& ownership;
  InvitationStore& invitations;
  AccessStore& access;
  ReviewStore& reviews;
  DeploymentStore& deployments;
  SandboxStore& sandboxes;
  IsolationStore& isolation;
  PlanStore& plans;
  Journal& journal;
  AuditStore& audit;
  IdempotencyStore& idempotency;
  NameStore& names;
  Outbox& outbox;
  const Envelope& envelope;
  const Clock& clock;
  Random& random;
};

}  // namespace ks::app
