#pragma once

#include <string>
#include <utility>

#include "store/journal.hpp"

namespace ks::sql {

class SqlJournal final : public Journal {
 public:
  // `audit_key` is derived from the installation's key; it is not in the database.
  explicit SqlJournal(std::string audit_key) : audit_key_(std::move(audit_key)) {}

  Result<void> record(Tx&, const AnyPermit&, const Deed&, const std::optional<Change>&,
                      Time now) override;
  Result<void> notify(Tx&, const AnyPermit&, const Change&, Time now) override;
  Result<std::vector<FeedRow>> feed_after(Tx&, const Permit<Action::org_read, Org>&,
                                          std::int64_t seq, int limit) override;
  Result<FeedSpan> feed_span(Tx&, const Permit<Action::org_read, Org>&) override;
  Result<std::vector<AuditRow>> audit_after(Tx&, const Permit<Action::audit_read, Org>&,
                                            std::int64_t seq, int limit) override;

 private:
  std::string audit_key_;
};

}  // namespace ks::sql
