#pragma once

#include "store/account_links.hpp"

namespace ks::sql {

class SqlAccountLinkStore final : public AccountLinkStore {
 public:
  Result<void> put(Tx&, const ClientScope&, const AccountLink&) override;
  Result<std::optional<AccountLink>> find(Tx&, const ClientScope&, LinkPurpose,
                                          std::string_view token_hash, Time now) override;
  Result<std::optional<AccountLink>> use(Tx&, const ClientScope&, LinkPurpose,
                                         std::string_view token_hash, Time now) override;
  Result<std::vector<AccountLink>> list(Tx&, const ClientScope&, LinkPurpose,
                                        std::string_view address, Time now) override;
  Result<void> remove(Tx&, const ClientScope&, LinkPurpose, std::string_view subject) override;
  Result<void> drop(Tx&, const ClientScope&, const UserId&, LinkPurpose, Time since) override;
  Result<std::optional<KeptFor>> way_back_to(Tx&, const ClientScope&, std::string_view address,
                                             Time now) override;
};

}  // namespace ks::sql
