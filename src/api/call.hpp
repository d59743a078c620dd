#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "http/message.hpp"

namespace ks::api {

// One request as a handler sees it: routed, its body parsed.
struct Call {
  const http::Request& request;
  Json body;  // An object; empty when the route takes none.
  // Of a look at a team by a slug that it had before: its id, which stands for that slug.
  std::string team = {};

  std::string_view param(std::string_view name) const {
    return name == "team" && !team.empty() ? std::string_view(team) : request.param(name);
  }
  // The version that If-Match names; nullopt without the field or for `*`, the newest of several.
  // Weak and foreign tags give a version that nothing has: they never match (RFC 9110, 13.1.1).
  std::optional<std::int64_t> if_match() const;
};

// 400 where If-Match is there and neither `*` nor a list of entity tags.
Result<void> check_if_match(const http::Request& request);
// 422 for query parameters that are not among these, for one that is given twice, and for values
// that are none wherever a parameter of the name is taken.
Result<void> check_query(const http::Request& request, const std::vector<std::string_view>& known);

// What a handler answers.
struct Reply {
  int status = 200;
  Json body;                            // Null: no body, or `text`.
  std::string text;                     // JSON text in place of `body`, of an object.
  std::optional<std::int64_t> version;  // Becomes the ETag.
  std::string location;
  std::optional<std::string> next_cursor;  // Of a list that goes on; becomes a Link.
  // Members that are in the first answer and never in a replay: generated secrets.
  Json once;
  std::string set_cookie;
};

std::string etag_of(std::int64_t version);

http::Response to_response(const http::Request& request, Reply reply);

// The parameter `limit` of lists.
std::optional<int> list_limit(std::string_view value);

// What a read gives whose query was refused: 422 to everybody who may do it. It is done all the
// same, so that what it says of values is told along; what it read is dropped.
Result<Reply> told_together(const Result<void>& query, Result<Reply> reply);

}  // namespace ks::api
