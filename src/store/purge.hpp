#pragma once

#include <string>
#include <vector>

#include "authz/permit.hpp"
#include "store/transaction.hpp"

namespace ks {

// The end of an organization that was not taken back in time: every row that says anything of it,
// but the audit chain. Each step may be repeated, and each is bounded.
class PurgeStore {
 public:
  virtual ~PurgeStore() = default;

  struct Due {
    ClientId client;
    OrgId org;
    bool begun = false;
  };
  // Deleted at or before `before`, and what was begun; at most `limit`.
  virtual Result<std::vector<Due>> due(Tx&, const FleetScope&, Time before, int limit) = 0;
  // From here on nobody can restore it. False when somebody just did.
  virtual Result<bool> begin(Tx&, const Permit<Action::org_purge, Org>&, Time before) = 0;

  virtual Result<std::vector<std::string>> namespaces(Tx&,
                                                      const Permit<Action::org_purge, Org>&) = 0;
  // Stems after this one, in order.
  virtual Result<std::vector<std::string>> stems(Tx&, const Permit<Action::org_purge, Org>&,
                                                 std::string_view after, int limit) = 0;
  // Ids of its mails after this one, whatever became of them, in order.
  virtual Result<std::vector<MailId>> mails(Tx&, const Permit<Action::org_purge, Org>&,
                                            const MailId& after, int limit) = 0;
  // How many tables there are to empty, and up to `batch` rows out of one of them; gives how many.
  virtual std::size_t tables() const = 0;
  virtual Result<std::int64_t> empty(Tx&, const Permit<Action::org_purge, Org>&, std::size_t table,
                                     std::int64_t batch) = 0;
  // The row of the organization itself says no more than where its audit chain ends.
  virtual Result<void> finish(Tx&, const Permit<Action::org_purge, Org>&, Time now) = 0;
};

}  // namespace ks
