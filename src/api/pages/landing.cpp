#include "api/pages/landing.hpp"

#include <map>
#include <memory>

#include "api/admission/admission.hpp"
#include "http/problem.hpp"

namespace ks::api {

namespace {

http::Response page(http::Response response) {
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

void serve(http::Router& raw, const Services& services, std::string_view path,
           const http::Response& response) {
  raw.add(http::Method::get, path, http::RouteInfo{"anyone"},
          counted_by_address(services, [response](http::Request&) { return page(response); }));
}

// By the last segment of a problem's type.
std::map<std::string, std::string, std::less<>> problems_of(const Json& contract) {
  std::map<std::string, std::string, std::less<>> out;
  for (const auto& [code, problem] : contract.at("x-problems").members()) {
    Json description = Json::object({{"code", code}});
    for (const auto& [name, value] : problem.members()) description.set(name, value);
    const std::string type = http::problem_type("", code);
    out.emplace(type.substr(type.rfind('/') + 1), description.dump());
  }
  return out;
}

}  // namespace

void mount_landing(http::Router& raw, const Services& services, const Json& contract) {
  const std::string& base = services.base_url;
  serve(raw, services, "/",
        http::Response::json(200, Json::object({{"product", "K8s Scheduler"},
                                                {"version", services.version},
                                                {"documentation", base + "/docs/api"},
                                                {"contract", base + "/openapi.json"},
                                                {"api", base + "/api/v1"}})
                                      .dump()));
  serve(
      raw, services, "/setup",
      http::Response::text(
          200,
          "This link makes the first platform administrator. Its token is what follows the '#'; a\n"
          "browser did not send it. Use it once, within 24 hours:\n\n"
          "curl " +
              base +
              "/api/v1/setup -H Content-Type:application/json \\\n"
              "  -d '{\"token\":\"...\",\"email\":\"root@example.com\","
              "\"password\":\"at least 12 characters\",\"name\":\"Root\"}'\n\n"
              "When it was used or is too old, `k8s-scheduler admin link` on the server prints a\n"
              "new one.\n"));
  const auto tell = [&](std::string_view path, const std::string& what, const std::string& call,
                        const std::string& body, const std::string& then) {
    serve(raw, services, path,
          http::Response::text(200, what + "\n\ncurl " + base + call +
                                        " -H Content-Type:application/json \\\n  -d '" + body +
                                        "'\n\n" + then + "\n"));
  };
  tell(
      "/verify",
      "This link makes the account that was asked for with its address. Its token is what follows\n"
      "the '#'; a browser did not send it. Give it back within 24 hours, with the password that\n"
      "was chosen:",
      "/api/v1/auth/verify -c jar", R"({"token":"...","password":"the one of the sign-up"})",
      "When it was used, replaced or is too old, sign up once more.");
  tell("/forgot", "For a mail with a link that sets a new password:", "/api/v1/auth/forgot",
       R"({"email":"ann@example.com"})",
       "The answer is the same whether the address has an account or not.");
  tell("/reset",
       "This link sets a new password. Its token is what follows the '#'; a browser did not send "
       "it.\n"
       "Use it once, within an hour:",
       "/api/v1/auth/reset", R"({"token":"...","password":"at least 12 characters"})",
       "All sessions end then; sign in with the new password.");
  tell("/address",
       "This link makes the address that it was mailed to that of the account. Its token is what\n"
       "follows the '#'; a browser did not send it. Use it once, within 24 hours:",
       "/api/v1/auth/address -b jar", R"({"token":"..."})",
       "All sessions of the account end then, but the one of the file jar.");
  tell("/address/restore",
       "This link gives the account back the address that the link was mailed to. Its token is "
       "what\n"
       "follows the '#'; a browser did not send it. Use it once, within 7 days:",
       "/api/v1/auth/address/restore", R"({"token":"...","password":"at least 12 characters"})",
       "All sessions end then; sign in with that address and the new password.");
  tell("/login", "To sign in:", "/api/v1/auth/login -c jar",
       R"({"email":"ann@example.com","password":"..."})", "The session is in the file jar then.");
  serve(
      raw, services, "/o/{org}/billing",
      http::Response::text(
          200,
          "The plan of an organization decides how much it may have. " + base +
              "/api/v1/orgs/{org}/usage\n"
              "tells which plan that is, what is used and what is left. To have more, delete what\n"
              "is not needed, or ask an administrator of this installation for another plan: "
              "PUT\n" +
              base + "/api/v1/platform/orgs/{org}/subscription {\"plan\":\"...\"}\n"));

  auto problems = std::make_shared<const std::map<std::string, std::string, std::less<>>>(
      problems_of(contract));
  raw.add(http::Method::get, "/problems/{problem}", http::RouteInfo{"anyone"},
          counted_by_address(services, [problems, base](http::Request& request) {
            const auto found = problems->find(request.param("problem"));
            if (found == problems->end()) return http::problem(not_found().error(), request, base);
            return page(http::Response::json(200, found->second));
          }));
}

}  // namespace ks::api
