#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/call.hpp"
#include "api/services.hpp"

// What an Idempotency-Key stands for, and the answers that are kept under it.
namespace ks::api {

inline constexpr Duration kAnswerLife = hours(24);
// A longer answer is not kept but read again: a key costs nothing, and its answer stays for a day.
inline constexpr std::size_t kAnswerBytesMax = std::size_t{16} * 1024;

struct Keyed {
  std::string hash;  // Of the person, the request and the key.
  std::string mac;   // Of the body.
};
// Goes over the whole body, so it belongs before the transaction.
Keyed keyed(const Services& services, const Caller& caller, const Call& call, std::string_view key);

// `by_id`: the route can read the thing again, so a long answer is kept as its id.
StoredAnswer kept(const Keyed& keyed, const Reply& reply, bool by_id);
// Fails where the key came with another body.
Result<Reply> repeated(const Keyed& keyed, const StoredAnswer& answer);

}  // namespace ks::api
