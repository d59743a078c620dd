// Ways to an account of one's own: at once, or with a link that is mailed first.
#include <algorithm>

#include "identity/network.hpp"
#include "identity/new_account.hpp"
#include "identity/refusals.hpp"

namespace ks {

namespace {
constexpr Duration kSignUpLinkLife = hours(24);

// Sign-ups for one address that wait for their links side by side, so that no stranger's puts an
// end to its owner's. From one network fewer, so that it takes many of them to push one out.
constexpr std::size_t kPendingMax = 5;
constexpr std::size_t kPendingPerNetworkMax = 3;

// Their subjects begin with the network that they were asked from.
constexpr std::size_t kNetworkSize = 16;
std::string_view network_in(const AccountLink& link) {
  return std::string_view(link.subject).substr(0, kNetworkSize);
}

MailSubject about_sign_up(const AccountLink& link) { return {"sign_up", link.subject}; }

// Which of them goes for one more from `network`: the oldest of that network where it has its part;
// where all are taken, the oldest of the network that has most. nullptr while there is room.
const AccountLink* displaced(const std::vector<AccountLink>& pending, std::string_view network) {
  const auto of = [&](std::string_view one) {
    return static_cast<std::size_t>(std::ranges::count(pending, one, network_in));
  };
  const bool own = of(network) >= kPendingPerNetworkMax;
  if (!own && pending.size() < kPendingMax) return nullptr;
  const AccountLink* out = nullptr;
  for (const AccountLink& link : pending) {
    if (own && network_in(link) != network) continue;
    if (out == nullptr || of(network_in(link)) > of(network_in(*out))) out = &link;
  }
  return out;
}

ClientDeed by_nobody(std::string_view action, const std::string& email) {
  ClientDeed deed;
  deed.action = action;
  deed.by = ClientDeed::By::anonymous;
  deed.target_kind = "account";
  deed.personal = {{{"email"}, email}};
  return deed;
}
}  // namespace

Result<void> Accounts::create_in(Tx& tx, const ClientScope& scope, const Newcomer& newcomer,
                                 const TrailPtr& trail, const Founding& founding) {
  const NewUser& user = newcomer.user;
  KS_TRY(const bool made, store_.create_user(tx, scope, user));
  if (!made) return address_taken();
  // Somebody's way back: asked for after the user was made, so that of a change of address and a
  // sign-up at the same moment the later one sees the other.
  KS_TRY(const auto kept_for, links_store_.way_back_to(tx, scope, user.email, user.now));
  if (kept_for) return address_taken();
  KS_CHECK(store_.create_session(tx, scope, newcomer.session));
  KS_CHECK(store_.remember_network(tx, scope, user.id, newcomer.network, user.now));
  KS_TRY(const Caller caller, gate_.load_in(tx, scope, newcomer.token, trail));
  KS_CHECK(founding(tx, caller.person(), gate_.founding(caller.person()), caller.user()));
  // Last, since all sign-ups of a client wait for its chain.
  return audit_.record(tx, scope, created(newcomer.deed, user), *trail, user.now);
}

Result<SignedIn> Accounts::create_signed_in(const ClientScope& scope, const NewUser& user,
                                            const TrailPtr& trail, const Founding& founding) {
  const Newcomer newcomer = newcomer_of(scope, user, *trail, account_actions::kSignUp);
  KS_CHECK(db_.write([&](Tx& tx) { return create_in(tx, scope, newcomer, trail, founding); }));
  return SignedIn{as_row(user), newcomer.token};
}

Result<SignedIn> Accounts::sign_up(const ClientScope& scope, const SignUpRequest& request,
                                   const TrailPtr& trail, const Founding& founding,
                                   const std::optional<AddressProof>& proof) {
  if (!proof && options_.sign_up != SignUpMode::open) return sign_up_closed();
  KS_TRY(NewPerson person, check_new_person(request));
  if (proof && proof->address != person.email)
    return invalid({Fault{"/email", "must be the address that the link was sent to"}});

  struct Gate {
    NetworkTry by_address;
    bool taken = false;
  };
  const NetworkKeys from = links_.network_keys(scope, "sign-up", *trail);
  const Time now = clock_.now();
  KS_TRY(const Gate gate, db_.write([&](Tx& tx) -> Result<Gate> {
    Gate out;
    KS_TRY(out.by_address,
           count_try(store_, tx, scope, from, options_.bounds.sign_up_per_address, now));
    KS_TRY(const auto existing, store_.find_user(tx, scope, person.email));
    out.taken = existing.has_value();
    return out;
  }));
  if (!gate.by_address.allowed) return too_many(gate.by_address.again_at - now);
  if (gate.taken) return address_taken();

  KS_TRY(std::string password_hash, hasher_.hash(request.password));
  const NewUser user{.id = UserId::make(clock_, random_),
                     .email = std::move(person.email),
                     .name = std::move(person.name),
                     .password_hash = std::move(password_hash),
                     .now = clock_.now(),
                     .email_proved = proof.has_value(),
                     .locale = person.locale};
  return create_signed_in(scope, user, trail, founding);
}

Result<void> Accounts::begin_sign_up(const ClientScope& scope, const SignUpRequest& request,
                                     TrailPtr trail) {
  if (options_.sign_up == SignUpMode::closed) return sign_up_closed();
  KS_TRY(NewPerson person, check_new_person(request));
  KS_TRY(const EmailAddress to, EmailAddress::parse(person.email));
  KS_CHECK(links_.count_ask(scope, "verify", person.email, to, *trail));
  KS_TRY(std::string password_hash, hasher_.hash(request.password));
  const std::string network =
      links_.hashed(scope, "link-network", network_of(trail->address)).substr(0, kNetworkSize);
  MailedLinks::Fresh fresh = links_.fresh({.purpose = LinkPurpose::sign_up,
                                           .subject = network,
                                           .token_hash = {},
                                           .user = std::nullopt,
                                           .address = person.email,
                                           .name = std::move(person.name),
                                           .password_hash = std::move(password_hash),
                                           .created_at = {},
                                           .expires_at = {},
                                           .locale = person.locale},
                                          kSignUpLinkLife);
  fresh.row.subject += fresh.row.token_hash;
  // The same statements whether there is an account or not: then nobody is told the token.
  return db_.write([&](Tx& tx) -> Result<void> {
    KS_TRY(const auto pending,
           links_store_.list(tx, scope, LinkPurpose::sign_up, to.key(), fresh.row.created_at));
    if (const AccountLink* gone = displaced(pending, network))
      KS_CHECK(end_pending(tx, scope, *gone));
    KS_CHECK(links_store_.put(tx, scope, fresh.row));
    KS_TRY(const auto existing, store_.find_user(tx, scope, to.key()));
    KS_TRY(const auto kept_for,
           links_store_.way_back_to(tx, scope, to.key(), fresh.row.created_at));
    MailContent content = mails::VerifyAddress{fresh.token, fresh.row.expires_at};
    if (existing || kept_for) content = mails::AccountExists{};
    const Locale locale = kept_for ? kept_for->locale : person.locale;
    KS_CHECK(outbox_.queue(
        tx, scope,
        Mail{.to = to, .content = content, .about = about_sign_up(fresh.row), .locale = locale}));
    return audit_.record(tx, scope, by_nobody(account_actions::kSignUp, to.key()), *trail,
                         fresh.row.created_at);
  });
}

Result<void> Accounts::end_pending(Tx& tx, const ClientScope& scope, const AccountLink& link) {
  KS_CHECK(links_store_.remove(tx, scope, link.purpose, link.subject));
  KS_CHECK(outbox_.cancel(tx, scope, about_sign_up(link)));
  return {};
}

Result<SignedIn> Accounts::finish_sign_up(const ClientScope& scope, std::string_view token,
                                          std::string_view password, TrailPtr trail,
                                          const Founding& founding) {
  if (options_.sign_up == SignUpMode::closed) return sign_up_closed();
  KS_TRY(const AccountLink link, links_.find(scope, LinkPurpose::sign_up, token, *trail));
  // Committed before the password is looked at, as at login.
  const std::string key = limit_key(scope, "verify-link", link.token_hash);
  const Time now = clock_.now();
  KS_TRY(const RateTry counted, db_.write([&](Tx& tx) {
    return store_.count_try(tx, scope, key, options_.bounds.login_per_account, now);
  }));
  if (!counted.allowed) return too_many(counted.again_at - now);
  const bool too_long = password.size() > kPasswordMax;
  KS_TRY(const bool right,
         hasher_.verify(too_long ? std::string_view() : password, link.password_hash));
  if (!right || too_long) {
    note_refused(scope, by_nobody(account_actions::kVerify, link.address), *trail);
    auto wrong = invalid_credentials();
    wrong.error().message = "The password is not the one that was chosen with this sign-up.";
    return wrong;
  }
  const NewUser user{.id = UserId::make(clock_, random_),
                     .email = link.address,
                     .name = link.name,
                     .password_hash = link.password_hash,
                     .now = clock_.now(),
                     .email_proved = true,
                     .locale = link.locale};
  const Newcomer newcomer = newcomer_of(scope, user, *trail, account_actions::kVerify);
  const Result<void> written = db_.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(links_.use(tx, scope, link));
    KS_TRY(const auto others,
           links_store_.list(tx, scope, LinkPurpose::sign_up, link.address, user.now));
    for (const AccountLink& other : others) KS_CHECK(end_pending(tx, scope, other));
    KS_CHECK(store_.forget_tries(tx, scope, key));
    return create_in(tx, scope, newcomer, trail, founding);
  });
  KS_CHECK(written);
  return SignedIn{as_row(user), newcomer.token};
}

}  // namespace ks
