#pragma once

#include "sql/audit/audit_writer.hpp"
#include "store/journal.hpp"

namespace ks::sql {

class SqlJournal final : public Journal {
 public:
  explicit SqlJournal(const AuditWriter& writer) : writer_(writer) {}

  Result<void> record(Tx&, const AnyPermit&, const Deed&, const std::optional<Change>&,
                      Time now) override;
  Result<void> notify(Tx&, const AnyPermit&, const Change&, Time now) override;
  Result<std::vector<FeedRow>> feed_after(Tx&, const Permit<Action::org_read, Org>&,
                                          std::int64_t seq, int limit) override;
  Result<FeedSpan> feed_span(Tx&, const Permit<Action::org_read, Org>&) override;

 private:
  const AuditWriter& writer_;
};

}  // namespace ks::sql
