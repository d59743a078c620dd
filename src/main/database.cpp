#include "main/database.hpp"

#include "base/digest.hpp"
#include "identity/accounts.hpp"
#include "identity/password.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "main/program.hpp"
#include "main/stores.hpp"

namespace ks {

sql::DatabaseOptions database_options(const Config& config) {
  sql::DatabaseOptions options;
  options.dsn = config.database_dsn;
  options.owner_dsn = config.database_owner_dsn;
  options.auto_migrate = config.auto_migrate;
  options.dev_mode = config.dev_mode;
  options.allow_superuser = config.allow_superuser;
  return options;
}

std::string setup_link(const Config& config, const std::string& token) {
  return config.base_url.text() + "/setup#" + token;
}

Result<std::string> administrator_link(const Config& config, const Clock& clock, Random& random) {
  sql::DatabaseOptions options = database_options(config);
  options.sqlite_visit = true;
  KS_TRY(const auto db, sql::open_database(options, clock));
  SqlStores stores(config.secrets_key, clock, random);
  PasswordHasher hasher(random, PasswordCost{}, 1, 1);
  SessionGate sessions(*db, stores.accounts, clock, random);
  Accounts::Options accounts_options;
  accounts_options.limit_key = derive_key(config.secrets_key, "limits");
  // A link of the console is no mail.
  mail::SealedOutbox outbox(stores.mails, stores.envelope, clock, random, mail::Switch::off);
  Accounts accounts(stores.for_accounts(*db, outbox, sessions, hasher, clock, random),
                    accounts_options);
  const auto client = FleetScope(FleetReason::setup).client(platform_client());
  KS_TRY(const std::string token, accounts.new_setup_token(client));
  return setup_link(config, token);
}

}  // namespace ks
