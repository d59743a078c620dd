#pragma once

#include "base/json.hpp"
#include "http/message.hpp"

namespace ks::api {

enum class Body { none, json, optional_json };

// The body as an object, empty where there is none; else 400, 415 or 422.
Result<Json> parse_body(const http::Request& request, Body body);

}  // namespace ks::api
