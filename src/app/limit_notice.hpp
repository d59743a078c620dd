#pragma once

#include "app/stores.hpp"

// Who can have a limit raised learns that it holds somebody up.
namespace ks::app {

// Whether limit_notice() is due: a member was refused who is neither owner nor administrator, by a
// limit that is counted over the organization, and nobody was told of that limit within a day.
// Others see on their own screen what was refused.
Result<bool> limit_notice_due(Tx& tx, const Stores& stores, const TenantScope& scope,
                              const LimitDetail& limit);

// Mails owner and administrators, if it is due still. Where all of a request was refused, in a
// transaction of its own: that of what was refused is undone.
Result<void> limit_notice(Tx& tx, const Stores& stores, const TenantScope& scope,
                          const LimitDetail& limit);

}  // namespace ks::app
