#pragma once

#include <string>
#include <vector>

#include "identity/accounts.hpp"
#include "mail/outbox.hpp"
#include "secrets/envelope.hpp"
#include "sql/accounts.hpp"
#include "sql/audit/audit.hpp"
#include "sql/mails.hpp"
#include "sql/people/account_links.hpp"
#include "tests/store/engines.hpp"

// Accounts over one database, with the mail that they have queued.
namespace ks::test {

inline constexpr const char* kPassword = "lavender quay 7";
inline constexpr const char* kOther = "lavender quay 8";

struct Mailed {
  std::string to;
  std::string kind;
  std::string path;
  std::string token;
};

SessionGate::TrailPtr from(const std::string& address);
ClientScope platform();

class AccountWorld {
 public:
  explicit AccountWorld(EngineCase& engine, SignUpMode mode = SignUpMode::verified,
                        mail::Switch mail = mail::Switch::on, const AccountBounds& bounds = {});

  // Everything takes a second: mails are told apart by when they were queued.
  void tick() { clock.advance(seconds(1)); }

  Result<void> begin(const std::string& email, const std::string& password = kPassword,
                     const std::string& address = "192.0.2.1");
  Result<SignedIn> finish(const std::string& token, const std::string& password = kPassword,
                          const std::string& address = "192.0.2.1");
  Result<SignedIn> sign_up(const std::string& email,
                           const std::optional<AddressProof>& proof = std::nullopt);
  Result<void> forgot(const std::string& email, const std::string& address = "192.0.2.1");
  Result<void> reset(const std::string& token, const std::string& password = kOther,
                     const std::string& address = "192.0.2.1");
  Result<SignedIn> login(const std::string& email, const std::string& password = kPassword,
                         const std::string& address = "192.0.2.1");

  // An account whose address is proved, and its first session.
  SignedIn somebody(const std::string& email = "ann@example.com");

  Result<Caller> load(const std::string& token);
  bool alive(const std::string& token) { return load(token).has_value(); }
  Result<void> ask(const std::string& token, const std::string& email);
  // From the session that asked last, where none is given; "" is none.
  Result<void> confirm(const std::string& token, std::optional<std::string> presented = {},
                       const std::string& address = "192.0.2.1");
  Result<void> restore(const std::string& token, const std::string& password = kOther,
                       const std::string& address = "192.0.2.1");

  // Those that wait to be sent, oldest first.
  std::vector<Mailed> mails();
  // The newest of them to that address.
  Mailed mail_to(const std::string& address);
  // How many rows of mail there are, with those that were taken back.
  int mail_rows();
  void disable(const std::string& email);
  // Another client beside the platform's own.
  ClientScope another_client();

  Founding founding() const;

  // Of the host that requests come to.
  ClientScope client = platform();
  std::string asked_by;  // The token of the session that asked for a change of address last.
  Database& db;
  ManualClock& clock;
  SystemRandom random;
  sql::SqlAccountStore store;
  sql::SqlAccountLinkStore links;
  sql::AuditWriter audit_writer{std::string(32, 'a'), random};
  sql::SqlAuditStore audit{audit_writer};
  sql::SqlMailStore mail_store;
  Envelope envelope{std::string(32, 'e')};
  mail::SealedOutbox outbox;
  SessionGate gate{db, store, clock, random};
  PasswordHasher hasher{random, PasswordCost::least(), 2, 1000};
  Accounts accounts;
};

template <class T>
std::string problem(const Result<T>& result) {
  return result ? "" : result.error().problem;
}

}  // namespace ks::test
