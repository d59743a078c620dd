#include "identity/own/profile.hpp"

#include "domain/name.hpp"
#include "identity/new_account.hpp"

namespace ks {

namespace {

struct Profile {
  std::string name;
  Locale locale;
  Profile(std::string n, Locale l) : name(std::move(n)), locale(l) {}
  explicit Profile(const UserRow& user) : name(user.name), locale(user.locale) {}
  friend bool operator==(const Profile&, const Profile&) = default;
};

Profile patched(const UserRow& user, const ProfilePatch& patch) {
  return {patch.name.value_or(user.name), patch.locale.value_or(user.locale)};
}

ClientDeed changed(const UserId& user, const Profile& before, const Profile& after) {
  ClientDeed deed = deed_of(account_actions::kProfile, user);
  Json was = Json::object();
  Json is = Json::object();
  if (before.locale != after.locale) {
    was.set("locale", name(before.locale));
    is.set("locale", name(after.locale));
  }
  deed.detail = Json::object({{"before", std::move(was)}, {"after", std::move(is)}});
  if (before.name != after.name)
    deed.personal = {{{"before", "name"}, before.name}, {{"after", "name"}, after.name}};
  return deed;
}

}  // namespace

std::vector<Fault> faults_of(const ProfilePatch& patch) {
  if (!patch.name) return {};
  const auto ok = check_text(*patch.name, kTextMax);
  return ok ? std::vector<Fault>() : std::vector{Fault{"/name", ok.error().message}};
}

Result<UserRow> OwnProfile::change(Tx& tx, const Caller& caller, const ProfilePatch& patch) const {
  if (auto faults = faults_of(patch); !faults.empty()) return invalid(std::move(faults));
  const ClientScope scope = caller.person().client_scope();
  if (patched(caller.user(), patch) == Profile(caller.user())) return caller.user();
  const Time now = parts_.clock.now();
  // Takes the lock of the row, so that of two patches at once neither undoes the other; and whoever
  // was loaded before is loaded again.
  KS_CHECK(parts_.store.raise_authz_version(tx, scope, caller.user().id, now));
  KS_TRY(auto user, parts_.store.find_person(tx, scope, caller.user().id));
  if (!user) return bug("a person is gone in the transaction that holds it");
  const Profile before(*user);
  const Profile after = patched(*user, patch);
  if (before == after) return std::move(*user);
  KS_CHECK(parts_.store.set_profile(tx, scope, user->id, after.name, after.locale, now));
  KS_CHECK(parts_.audit.record(tx, scope, changed(user->id, before, after),
                               *caller.person().trail(), now));
  user->name = after.name;
  user->locale = after.locale;
  return std::move(*user);
}

}  // namespace ks
