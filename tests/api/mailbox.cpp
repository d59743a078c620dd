#include "tests/api/mailbox.hpp"

#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/digest.hpp"
#include "mail/outbox.hpp"
#include "tests/audit/raw_sql.hpp"

namespace ks::api_test {

namespace {

constexpr const char* kKey = "6T3kQm0Zr8bWc1uYh5pXe9sVn2dLa7fGjOi4tKwRzBM=";

// Client, id, kind, sealed.
std::vector<std::vector<std::string>> waiting(Server& server) {
  std::vector<std::vector<std::string>> out;
  for (const auto& line :
       test::RawSql(server.dsn())
           .run("SELECT client_id, id, kind, sealed FROM mails WHERE sealed <> '' "
                "ORDER BY queued_at, id")) {
    auto& cells = out.emplace_back(1);
    for (const char c : line)
      if (c == '|')
        cells.emplace_back();
      else
        cells.back() += c;
    REQUIRE(cells.size() >= 4);
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> mailing_settings(const std::string& sign_up) {
  // A port that nothing listens on: what is queued stays.
  return {{"SMTP_URL", "smtp://127.0.0.1:1"},
          {"MAIL_FROM", "noreply@example.com"},
          {"SECRETS_KEY", kKey},
          {"SIGNUP", sign_up}};
}

Mailed mail_to(Server& server, const std::string& address) {
  const auto key = from_base64(kKey);
  REQUIRE(key);
  const Envelope envelope(derive_key(*key, "envelope"));
  Mailed out;
  for (const auto& row : waiting(server)) {
    const auto draft =
        mail::unsealed(envelope, *ClientId::parse(row[0]), *MailId::parse(row[1]), row[3]);
    REQUIRE(draft);
    if (draft->to.text() != address) continue;
    out = {row[2], draft->draft.link ? draft->draft.link->path : "",
           draft->draft.link ? draft->draft.link->token : "", std::string(name(draft->locale))};
  }
  return out;
}

int mails_waiting(Server& server) { return static_cast<int>(waiting(server).size()); }

std::string plant_link(Server& server, const std::string& purpose, const std::string& address,
                       const std::string& user) {
  static int planted = 0;
  std::string token = "a token of the tests, number " + std::to_string(++planted);
  const test::RawSql raw(server.dsn());
  const std::string hash =
      purpose == "sign_up" ? raw.one("SELECT password_hash FROM users ORDER BY id LIMIT 1") : "";
  raw.run(fmt::format(
      "INSERT INTO account_links (client_id, purpose, subject, token_hash, user_id, address, name, "
      "password_hash, created_at, expires_at) VALUES ('{}', '{}', 's{}', '{}', '{}', '{}', 'Ann', "
      "'{}', 0, 9000000000000000)",
      platform_client().str(), purpose, planted, hex(sha256(token)),
      user.empty() ? "00000000-0000-0000-0000-000000000000" : user, address, hash));
  return token;
}

}  // namespace ks::api_test
