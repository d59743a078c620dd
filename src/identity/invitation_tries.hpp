#pragma once

#include <functional>
#include <string>

#include "authz/scope.hpp"
#include "base/clock.hpp"
#include "store/accounts.hpp"
#include "store/transaction.hpp"

namespace ks {

// Bounds how many tokens of invitations may be tried that are none, from one network, on all
// processes together. From any thread.
class InvitationTries {
 public:
  struct Options {
    // Key of the hashes under which tries are counted; the same on every process of a database.
    std::string limit_key;
    RateBound bound{100, minutes(15), RateBound::Ends::fixed};
  };
  InvitationTries(Database& db, AccountStore& store, const Clock& clock, Options options);

  // One try, counted before `exists` is asked; a right one takes itself back. not_found when it was
  // none, 429 "too_many_requests" beyond the bound.
  Result<void> check(const ClientScope&, const Trail&,
                     const std::function<Result<bool>(Tx&)>& exists) const;

 private:
  Database& db_;
  AccountStore& store_;
  const Clock& clock_;
  Options options_;
};

}  // namespace ks
