// A person that nobody has identified.
// expect: calling a private constructor of class 'ks::PersonScope'
// expect: PersonScope::PersonScope.*is private within this context
#include "authz/scope.hpp"

ks::UserId mistake(const ks::PersonScope& person, const ks::ClientId& client,
                   const ks::UserId& user) {
#ifdef FIXED
  (void)client;
  (void)user;
  return person.user();
#else
  (void)person;
  return ks::PersonScope(client, user, nullptr).user();
#endif
}
