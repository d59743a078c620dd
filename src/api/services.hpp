#pragma once

#include <functional>
#include <string>

#include "api/admission/limits.hpp"
#include "api/cursor.hpp"
#include "app/deployments.hpp"
#include "app/stores.hpp"
#include "domain/template/template.hpp"
#include "identity/accounts.hpp"
#include "identity/host_gate.hpp"
#include "identity/invitation_tries.hpp"
#include "identity/session_cookie.hpp"
#include "identity/session_gate.hpp"
#include "store/transaction.hpp"

namespace ks::api {

// What the handlers work with. The references live as long as the server.
struct Services {
  Database& db;
  app::Stores stores;
  SessionGate& sessions;
  Accounts& accounts;
  const InvitationTries& invitation_tries;
  const HostGate& hosts;
  RequestLimits& limits;
  SessionCookie cookie;
  const TemplateCatalogue& templates;
  NamespacePattern namespaces;
  Cursors cursors;
  std::string idempotency_key;  // Of the hashes under which answers are kept.

  std::string base_url;
  std::string deployment_domain;
  std::string workload_scheme = "https";
  bool simulated = false;
  bool dev_mode = false;
  std::string sign_up = "open";
  // Who was not here for so long is inactive in an access review.
  Duration inactive_after = days(90);
  // A look at the cluster's isolation that began longer ago proves nothing any more.
  Duration isolation_fresh = minutes(15);
  std::string version;
  // Why the cluster cannot be worked with at the moment; empty when it can.
  std::function<std::string()> cluster_trouble;
};

}  // namespace ks::api
