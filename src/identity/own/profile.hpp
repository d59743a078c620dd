#pragma once

#include <optional>
#include <string>

#include "identity/account_parts.hpp"

namespace ks {

// What is absent stays as it is.
struct ProfilePatch {
  std::optional<std::string> name;
  std::optional<Locale> locale;
};
// What is wrong with it by itself.
std::vector<Fault> faults_of(const ProfilePatch&);

// What a person is called, and the language that they are written to in.
class OwnProfile {
 public:
  explicit OwnProfile(const AccountParts& parts) : parts_(parts) {}

  // Gives the account as it is then; nothing is written where nothing changes. 422 (/name).
  Result<UserRow> change(Tx&, const Caller&, const ProfilePatch&) const;

 private:
  AccountParts parts_;
};

}  // namespace ks
