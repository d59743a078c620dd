#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "identity/password.hpp"
#include "identity/session_gate.hpp"
#include "store/account_links.hpp"
#include "store/accounts.hpp"
#include "store/audit.hpp"
#include "store/outbox.hpp"
#include "store/transaction.hpp"

namespace ks {

// What everything about accounts works with. The references live as long as the program.
struct AccountParts {
  Database& db;
  AccountStore& store;
  AccountLinkStore& links;
  AuditStore& audit;
  Outbox& outbox;
  SessionGate& gate;
  PasswordHasher& hasher;
  const Clock& clock;
  Random& random;
};

}  // namespace ks
