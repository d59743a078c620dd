#pragma once

#include <string>

#include "api/services.hpp"
#include "base/json.hpp"
#include "http/router.hpp"

namespace ks::api {

// The contract (OpenAPI 3.1) as one HTML page for people: no script, its only style is
// /docs/api.css. Every text of the contract is escaped.
std::string docs_page(const Json& contract);

// /openapi.json, /docs/api and /docs/api.css, for anyone. `services` is only read here.
void mount_docs(http::Router& raw, const Services& services);

}  // namespace ks::api
