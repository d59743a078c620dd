#pragma once

#include <string>
#include <string_view>

#include "identity/accounts.hpp"

// What the two ways to an account share: sign-up, and the link of an administrator.
namespace ks {

inline constexpr std::size_t kTokenBytes = 32;
inline constexpr std::string_view kDevEmail = "dev@localhost";

// Fields as they will be stored.
struct NewPerson {
  std::string email;
  std::string name;
  Locale locale = Locale::en;
};
// All faults at once.
Result<NewPerson> check_new_person(const SignUpRequest& request);

// A session that is about to be begun, with the token that goes into its cookie.
struct FreshSession {
  std::string token;
  NewSession row;
};
FreshSession fresh_session(const Clock&, Random&, const UserId&, const Trail&);

std::unexpected<Error> address_taken();
UserRow as_row(const NewUser& user);

// What somebody did to the own account, and how an account came to be.
ClientDeed deed_of(std::string_view action, const UserId& person);
ClientDeed created(std::string_view action, const NewUser& user);

}  // namespace ks
