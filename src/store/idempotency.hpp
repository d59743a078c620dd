#pragma once

#include <optional>
#include <string>

#include "authz/scope.hpp"
#include "store/transaction.hpp"

namespace ks {

// The first answer of a request that carried an Idempotency-Key. Holds no cookie, token or secret.
struct StoredAnswer {
  std::string request_mac;  // Keyed hash of the body.
  int status = 0;
  std::string location;
  std::string etag;
  std::string body;
};

class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;
  // Answers older than `not_before` do not count.
  virtual Result<std::optional<StoredAnswer>> find(Tx&, const PersonScope&,
                                                   std::string_view key_hash, Time not_before) = 0;
  // Belongs to the transaction of the write that it answers for.
  virtual Result<void> store(Tx&, const PersonScope&, std::string_view key_hash,
                             const StoredAnswer&, Time now) = 0;
  // At most `limit`; how many went.
  virtual Result<std::int64_t> forget_older(Tx&, const FleetScope&, Time than, int limit) = 0;
};

}  // namespace ks
