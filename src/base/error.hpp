#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ks {

// One fault in a request: where (JSON pointer, RFC 6901, or `?name` for a query parameter) and
// what is wrong with it, in words that the caller can act on.
struct Fault {
  std::string pointer;
  std::string message;
};

// Who can raise a limit; shown to the caller who ran into it.
struct Contact {
  std::string name;
  std::string role;
};

// A limit of the plan that a request ran into. Amounts are in the feature's own unit (count,
// milli-CPU, bytes).
struct LimitDetail {
  std::string feature;
  std::optional<std::int64_t> limit;
  std::int64_t used = 0;
  std::int64_t requested = 0;
  // What it limits: "organization", all that it has together, or each "service" by itself, of which
  // `requested` is the whole and nothing counts as used.
  std::string per = "organization";
  std::string plan;
  std::string upgrade_plan;  // Empty when no plan lifts the limit.
  std::optional<std::int64_t> upgrade_limit;
  std::string upgrade_url;
  bool can_upgrade = false;
  std::vector<Contact> contacts;
};

// A right that the caller lacks, and which roles have it.
struct DeniedDetail {
  std::string action;
  std::vector<std::string> roles;
};

// What a caller can do about a failure. The list stays short: a new code must change what somebody
// does, otherwise it belongs in the message.
struct [[nodiscard]] Error {
  enum class Code { invalid, not_found, conflict, denied, over_limit, unavailable, bug };

  Code code;
  std::string problem;                 // Stable problem code of the API, "plan_limit_reached".
  std::string message;                 // Safe to show to the caller; details go to the log.
  std::vector<Fault> faults;           // Pointers into the request, for `invalid`.
  std::optional<LimitDetail> limit;    // For `over_limit`.
  std::optional<DeniedDetail> denial;  // For `denied`.
  int status = 0;         // HTTP status where it is not the code's own (400, 412, 429...).
  int retry_after_s = 0;  // For `unavailable` and rate limits; 0 means not said.
  std::string current;    // JSON of the current state, for a stale version (412).
};

template <class T>
using Result = std::expected<T, Error>;

std::unexpected<Error> invalid(std::string why);
std::unexpected<Error> invalid(std::vector<Fault> faults);
// One answer for absent and for hidden.
std::unexpected<Error> not_found();
std::unexpected<Error> conflict(std::string problem, std::string why);
// `problem` names the cause for machines: "database_unavailable", "cluster_unavailable".
std::unexpected<Error> unavailable(std::string problem, std::string why);
std::unexpected<Error> bug(std::string what);

std::string_view code_name(Error::Code code);

// Prints what failed and where, then aborts. A restart is cheap, a wrong write is not.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line,
                                   std::string_view why = {});

}  // namespace ks

// Stays on in release builds.
#define KS_ASSERT(condition)                                                  \
  do {                                                                        \
    if (!(condition)) ::ks::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)
#define KS_ASSERT_MSG(condition, why)                                              \
  do {                                                                             \
    if (!(condition)) ::ks::assertion_failed(#condition, __FILE__, __LINE__, why); \
  } while (false)

#define KS_CONCAT_INNER(a, b) a##b
#define KS_CONCAT(a, b) KS_CONCAT_INNER(a, b)

// g++ 12 has std::expected without the monadic members; these two stand in for them.
// KS_TRY(auto row, find(id));  declares row, or returns the error.
#define KS_TRY_INNER(tmp, declaration, expression)          \
  auto tmp = (expression);                                  \
  if (!tmp) return std::unexpected(std::move(tmp).error()); \
  declaration = std::move(*tmp)
#define KS_TRY(declaration, expression) \
  KS_TRY_INNER(KS_CONCAT(ks_try_, __LINE__), declaration, expression)
// KS_CHECK(remove(id));  returns the error, if there is one.
#define KS_CHECK(expression)                                 \
  do {                                                       \
    if (auto ks_checked = (expression); !ks_checked)         \
      return std::unexpected(std::move(ks_checked).error()); \
  } while (false)
