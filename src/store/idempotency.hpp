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
  std::string body;  // JSON; a text in place of an object is the id of what to read for it.
};

class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;
  // Takes the key for the transaction's write: false when it has an answer already. Of several at
  // once, on any process, one has true, and the others wait for its end.
  virtual Result<bool> reserve(Tx&, const PersonScope&, std::string_view key_hash,
                               std::string_view request_mac, Time not_before, Time now) = 0;
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
