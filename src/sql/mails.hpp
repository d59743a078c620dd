#pragma once

#include "store/mails.hpp"

namespace ks::sql {

class SqlMailStore final : public MailStore {
 public:
  Result<std::optional<MailReader>> find_reader(Tx&, const ClientScope&,
                                                std::string_view address) override;
  Result<void> create(Tx&, const ClientScope&, const NewMail&) override;
  Result<void> create(Tx&, const AnyPermit&, const NewMail&) override;
  Result<int> cancel(Tx&, const ClientScope&, const MailSubject&, Time now) override;
  Result<int> cancel(Tx&, const AnyPermit&, const MailSubject&, Time now) override;
  Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&, Time now) override;
  Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&, const MailSubject&,
                        Time now) override;
  Result<int> cancel_all(Tx&, const AnyPermit&, Time now) override;
  Result<RateTry> count_try(Tx&, const ClientScope&, std::string_view key, RateBound,
                            Time now) override;
  Result<MailTally> tally(Tx&, const AnyPermit&, std::string_view kind, Time hour_ago,
                          Time day_ago) override;
  Result<std::int64_t> count_to(Tx&, const AnyPermit&, const UserId&, std::string_view kind,
                                Time day_ago) override;
  Result<std::optional<MailDelivery>> delivery(Tx&, const ClientScope&,
                                               const MailSubject&) override;
  Result<std::optional<MailDelivery>> delivery(Tx&, const AnyPermit&, const MailSubject&) override;
  Result<std::vector<DueMail>> due(Tx&, const FleetScope&, Time now, int limit) override;
  Result<std::optional<ClaimedMail>> claim(Tx&, const FleetScope&, const DueMail&, Time now,
                                           Time until) override;
  Result<bool> set_sent(Tx&, const FleetScope&, const ClaimedMail&, Time now) override;
  Result<bool> set_failed(Tx&, const FleetScope&, const ClaimedMail&, std::string_view reason,
                          Time now) override;
  Result<bool> set_again(Tx&, const FleetScope&, const ClaimedMail&, Time at,
                         std::string_view reason, Time now) override;
  Result<Waiting> waiting(Tx&, const FleetScope&) override;
  Result<std::int64_t> forget_settled(Tx&, const FleetScope&, Time before, int limit) override;
};

}  // namespace ks::sql
