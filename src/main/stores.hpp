#pragma once

#include "app/stores.hpp"
#include "audit/verify.hpp"
#include "base/digest.hpp"
#include "identity/account_parts.hpp"
#include "secrets/envelope.hpp"
#include "sql/accounts.hpp"
#include "sql/audit/audit.hpp"
#include "sql/deployments.hpp"
#include "sql/housekeeping.hpp"
#include "sql/isolation.hpp"
#include "sql/journal.hpp"
#include "sql/mails.hpp"
#include "sql/names.hpp"
#include "sql/organizations.hpp"
#include "sql/people/access.hpp"
#include "sql/people/access_reminders.hpp"
#include "sql/people/account_links.hpp"
#include "sql/people/invitations.hpp"
#include "sql/people/members.hpp"
#include "sql/people/ownership.hpp"
#include "sql/people/removals.hpp"
#include "sql/people/reviews.hpp"
#include "sql/plans.hpp"
#include "sql/purge.hpp"
#include "sql/sync.hpp"

namespace ks {

// One of each store, over whatever engine the Tx that they are given belongs to.
struct SqlStores {
  SqlStores(const std::string& secrets_key, const Clock& clock, Random& random)
      : names(derive_key(secrets_key, "names")),
        audit_writer(audit::chain_key(secrets_key), random),
        journal(audit_writer),
        audit(audit_writer),
        sync(journal, clock),
        authorizer(teams),
        envelope(derive_key(secrets_key, "envelope")) {}
  SqlStores(const SqlStores&) = delete;
  SqlStores& operator=(const SqlStores&) = delete;

  app::Stores for_app(Outbox& outbox, const Clock& clock, Random& random) {
    return {authorizer, organizations, teams,       members,   removals,  ownership, invitations,
            access,     reviews,       deployments, sandboxes, isolation, plans,     journal,
            audit,      idempotency,   names,       outbox,    envelope,  clock,     random};
  }

  AccountParts for_accounts(Database& db, Outbox& outbox, SessionGate& gate, PasswordHasher& hasher,
                            const Clock& clock, Random& random) {
    return {db, accounts, account_links, audit, outbox, gate, hasher, clock, random};
  }

  sql::SqlAccountStore accounts;
  sql::SqlAccountLinkStore account_links;
  sql::SqlOrganizationStore organizations;
  sql::SqlTeamStore teams;
  sql::SqlMemberStore members;
  sql::SqlRemovalStore removals;
  sql::SqlOwnershipStore ownership;
  sql::SqlInvitationStore invitations;
  sql::SqlAccessStore access;
  sql::SqlAccessReminderStore access_reminders;
  sql::SqlReviewStore reviews;
  sql::SqlDeploymentStore deployments;
  sql::SqlSandboxStore sandboxes;
  sql::SqlIsolationStore isolation;
  sql::SqlPlanStore plans;
  sql::SqlIdempotencyStore idempotency;
  sql::SqlHousekeepingStore housekeeping;
  sql::SqlNameStore names;
  sql::SqlPurgeStore purge;
  sql::AuditWriter audit_writer;
  sql::SqlJournal journal;
  sql::SqlAuditStore audit;
  sql::SqlSyncStore sync;
  sql::SqlMailStore mails;
  Authorizer authorizer;
  Envelope envelope;
};

}  // namespace ks
