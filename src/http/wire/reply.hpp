#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace ks::http {

enum class AfterReply { keep, close };
// How the reader of a body knows its end.
enum class Framing { length, chunks, until_close };

// False when a header field would break the message (a line break or control character in it).
bool sendable(const Response& response);

// Appends the status line and all fields up to the empty line: the response's own, the security
// fields it did not set, Date, X-Request-Id, and the framing. `date_line` ends in CRLF.
void append_head(std::string& out, const Response& response, std::string_view request_id,
                 std::string_view date_line, AfterReply after, Framing framing);

// 204 and 304 have none, whatever the handler put there.
bool may_have_body(int status);

}  // namespace ks::http
