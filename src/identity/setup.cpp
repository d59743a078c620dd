// The first administrators: links, and what they make.
#include "base/log.hpp"
#include "identity/new_account.hpp"

namespace ks {

namespace {
constexpr Duration kSetupTokenLife = hours(24);

std::unexpected<Error> setup_link_invalid() {
  auto error = not_found();
  error.error().problem = "setup_link_invalid";
  error.error().status = 404;
  error.error().message = "This link was used, has expired, or never was one. Ask for a new one.";
  return error;
}
}  // namespace

Result<std::string> Accounts::new_setup_token(const ClientScope& scope) {
  std::string token = random_token(random_, kTokenBytes);
  ClientDeed deed;
  deed.action = account_actions::kSetupLink;
  deed.by = ClientDeed::By::system;
  deed.target_kind = "installation";
  const Result<void> written = db_.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(store_.create_setup_token(tx, scope, SessionGate::token_hash(token),
                                       clock_.now() + kSetupTokenLife));
    return audit_.record(tx, scope, deed, Trail{}, clock_.now());
  });
  KS_CHECK(written);
  return token;
}

Result<std::optional<std::string>> Accounts::first_setup_token(const ClientScope& scope) {
  KS_TRY(const bool exists,
         db_.read([&](Tx& tx) { return store_.platform_admin_exists(tx, scope); }));
  if (exists) return std::optional<std::string>();
  KS_TRY(std::string token, new_setup_token(scope));
  return std::optional(std::move(token));
}

Result<UserRow> Accounts::setup(const ClientScope& scope, std::string_view token,
                                const SignUpRequest& request, TrailPtr trail) {
  const std::string hash = SessionGate::token_hash(token);
  // First of all, so that only the bearer of a link can make the server hash or tell addresses.
  KS_TRY(const bool known, db_.read([&](Tx& tx) {
    return store_.setup_token_exists(tx, scope, hash, clock_.now());
  }));
  if (!known) return setup_link_invalid();
  KS_TRY(NewPerson person, check_new_person(request));
  KS_TRY(std::string password_hash, hasher_.hash(request.password));
  const NewUser user{.id = UserId::make(clock_, random_),
                     .email = std::move(person.email),
                     .name = std::move(person.name),
                     .password_hash = std::move(password_hash),
                     .platform_admin = true,
                     .now = clock_.now(),
                     .locale = person.locale};
  const Result<void> written = db_.write([&](Tx& tx) -> Result<void> {
    KS_TRY(const bool consumed, store_.consume_setup_token(tx, scope, hash, clock_.now()));
    if (!consumed) return setup_link_invalid();
    KS_TRY(const bool made, store_.create_user(tx, scope, user));
    if (!made) return address_taken();
    return audit_.record(tx, scope, created(account_actions::kSetup, user), *trail, user.now);
  });
  KS_CHECK(written);
  log::info("a platform administrator was created", {{"user", user.id.text()}});
  return as_row(user);
}

}  // namespace ks
