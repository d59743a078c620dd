#include "identity/new_account.hpp"

#include "domain/name.hpp"
#include "identity/network.hpp"

namespace ks {

FreshSession fresh_session(const Clock& clock, Random& random, const UserId& user,
                           const Trail& trail) {
  std::string token = random_token(random, kTokenBytes);
  std::string hash = SessionGate::token_hash(token);
  return {std::move(token), NewSession{SessionId::make(clock, random), std::move(hash), user,
                                       clock.now(), trail.device, network_of(trail.address)}};
}

std::unexpected<Error> address_taken() {
  auto error = conflict("address_taken", "There is an account with this e-mail address already.");
  error.error().faults.push_back({"/email", "is taken"});
  return error;
}

std::vector<Fault> faults_of(const SignUpRequest& request) {
  std::vector<Fault> faults;
  const auto email = normal_email(request.email);
  if (!email)
    faults.push_back({"/email", email.error().message});
  else if (*email == kDevEmail)
    faults.push_back({"/email", "must have a domain with a dot"});
  if (const auto ok = check_password(request.password, request.email); !ok)
    faults.push_back({"/password", ok.error().message});
  if (const auto ok = check_text(request.name, kTextMax); !ok)
    faults.push_back({"/name", ok.error().message});
  return faults;
}

Result<NewPerson> check_new_person(const SignUpRequest& request) {
  if (auto faults = faults_of(request); !faults.empty()) return invalid(std::move(faults));
  KS_TRY(std::string email, normal_email(request.email));
  return NewPerson{std::move(email), request.name, request.locale};
}

ClientDeed deed_of(std::string_view action, const UserId& person) {
  ClientDeed deed;
  deed.action = action;
  deed.actor = person;
  deed.target_kind = "account";
  deed.target_id = person.str();
  return deed;
}

ClientDeed created(std::string_view action, const NewUser& user) {
  ClientDeed deed = deed_of(action, user.id);
  deed.detail =
      Json::object({{"after", Json::object({{"platform_admin", user.platform_admin},
                                            {"locale", std::string(name(user.locale))}})}});
  deed.personal = {{{"after", "email"}, user.email}, {{"after", "name"}, user.name}};
  return deed;
}

UserRow as_row(const NewUser& user) {
  return UserRow{.id = user.id,
                 .email = user.email,
                 .name = user.name,
                 .platform_admin = user.platform_admin,
                 .email_proved = user.email_proved,
                 .locale = user.locale};
}

}  // namespace ks
