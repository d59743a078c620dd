#include "api/web/web.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "api/admission/admission.hpp"
#include "api/web/negotiation.hpp"
#include "api/web/shell.hpp"
#include "base/json.hpp"
#include "http/problem.hpp"

namespace ks::api {

namespace {

constexpr std::string_view kProduct = "K8s Scheduler";

struct Served {
  std::string_view type;
  std::shared_ptr<const std::string> plain, brotli, gzip;
};
using Assets = std::map<std::string, Served, std::less<>>;

std::shared_ptr<const std::string> kept(std::string_view text) {
  return text.empty() ? nullptr : std::make_shared<const std::string>(text);
}

std::shared_ptr<const Assets> assets_of(const WebBundle& bundle) {
  auto out = std::make_shared<Assets>();
  for (const WebFile& file : bundle.files)
    out->emplace(file.name, Served{file.type, std::make_shared<const std::string>(file.plain),
                                   kept(file.brotli), kept(file.gzip)});
  return out;
}

http::Response asset(const Served& file, std::string_view accept_encoding) {
  const std::string_view encoding =
      encoding_for(accept_encoding, file.brotli != nullptr, file.gzip != nullptr);
  auto response = http::Response::of_kept(
      file.type, encoding == "br" ? file.brotli : (encoding == "gzip" ? file.gzip : file.plain));
  if (!encoding.empty()) response.headers.set("Content-Encoding", encoding);
  response.headers.set("Vary", "Accept-Encoding");
  // A year, the longest that is heeded: another content has another name.
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

std::string_view first_segment(std::string_view path) {
  return path.substr(1, path.substr(1).find('/'));
}

// What is served below these is never a page, whether or not there is anything: ours, and what
// programs ask every host for, which would take a page for an answer.
bool is_page(std::string_view path) {
  constexpr std::array<std::string_view, 10> kOthers = {
      "api",    "assets",       "docs",        "problems",    "healthz",
      "readyz", "openapi.json", ".well-known", "favicon.ico", "robots.txt"};
  return std::ranges::find(kOthers, first_segment(path)) == kOthers.end();
}

// Of those, what people read in a browser too, and mistype there.
bool is_read_by_people(std::string_view path) {
  const std::string_view first = first_segment(path);
  return first == "docs" || first == "problems";
}

struct Document {
  const Services& services;
  Random& random;
  std::string page;
  Support support;

  http::Response reply(const http::Request& request, std::string_view fault) const;
};

http::Response Document::reply(const http::Request& request, std::string_view fault) const {
  const auto site = services.hosts.admit(request.headers.get("Host"));
  if (!site) return http::problem(site.error(), request, services.base_url);
  constexpr std::size_t kNonceBytes = 16;
  const std::string nonce = random_token(random, kNonceBytes);
  // As web/src/preferences.ts calls them: a host beside this one cannot set what has the prefix.
  const bool secure = services.hosts.base_url().secure();
  const Shell shell{nonce,
                    locale_for(request.cookie(secure ? "__Host-locale" : "locale"),
                               request.headers.get("Accept-Language")),
                    theme_for(request.cookie(secure ? "__Host-theme" : "theme")),
                    kProduct,
                    services.simulated ? "simulated" : "kubernetes",
                    support.mail,
                    support.url,
                    fault};
  http::Response response(200, "text/html; charset=utf-8", filled(page, shell));
  // Never stored: the nonce is of this reply only.
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Vary", "Host, Cookie, Accept, Accept-Language");
  response.headers.set("Content-Language", shell.locale);
  response.headers.set("Content-Security-Policy", content_security_policy(nonce));
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.set("Permissions-Policy",
                       "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), "
                       "usb=()");
  if (secure) response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

}  // namespace

UnreadableTarget mount_web(http::Router& raw, const Services& services, Random& random,
                           const WebBundle& bundle, const Support& support) {
  const std::string& base = services.base_url;
  const std::string installation = Json::object({{"product", kProduct},
                                                 {"version", services.version},
                                                 {"documentation", base + "/docs/api"},
                                                 {"contract", base + "/openapi.json"},
                                                 {"api", base + "/api/v1"}})
                                       .dump();
  const bool pages = !bundle.page.empty();
  const auto document = std::make_shared<const Document>(
      Document{services, random, std::string(bundle.page), support});
  const auto page = [document](const http::Request& request) {
    return document->reply(request, {});
  };
  raw.add(http::Method::get, "/", http::RouteInfo{"anyone"},
          counted_by_address(services, [page, pages, installation](http::Request& request) {
            if (pages && accepts_html(request.headers.get("Accept"), Html::named))
              return page(request);
            auto response = http::Response::json(200, installation);
            response.headers.set("Cache-Control", "no-cache");
            response.headers.set("Vary", "Accept");
            return response;
          }));

  raw.add(http::Method::get, "/assets/{file}", http::RouteInfo{"anyone"},
          counted_by_address(services, [files = assets_of(bundle), base](http::Request& request) {
            const auto found = files->find(request.param("file"));
            if (found == files->end()) return http::problem(not_found().error(), request, base);
            return asset(found->second, request.headers.get("Accept-Encoding"));
          }));

  raw.add(http::Method::get, "/robots.txt", http::RouteInfo{"anyone"},
          counted_by_address(services, [](http::Request&) {
            http::Response response(200, "text/plain; charset=utf-8",
                                    "User-agent: *\nDisallow: /\n");
            response.headers.set("Cache-Control", "public, max-age=86400");
            return response;
          }));

  if (!pages) return nullptr;
  raw.otherwise([counted = counted_by_address(services, page)](
                    http::Request& request) -> std::optional<http::Response> {
    const std::string_view accept = request.headers.get("Accept");
    if (is_page(request.path)) {
      if (!accepts_html(accept, Html::tolerated)) return std::nullopt;
      return counted(request);
    }
    if (!is_read_by_people(request.path) || !accepts_html(accept, Html::named)) return std::nullopt;
    http::Response absent = counted(request);
    if (absent.status == 200) absent.status = 404;
    return absent;
  });

  const auto unreadable = [document](const http::Request& request) {
    http::Response out = document->reply(request, "unreadable");
    if (out.status == 200) out.status = 400;
    return out;
  };
  return [counted = counted_by_address(services, unreadable)](
             http::Request& request) -> std::optional<http::Response> {
    const bool read = request.method == http::Method::get || request.method == http::Method::head;
    // As it came: where letters of "api" are written as %61 a page is no worse than the problem.
    const std::string_view target = request.target;
    const std::string_view path = target.substr(0, target.find('?'));
    if (!read || !path.starts_with('/') || !(is_page(path) || is_read_by_people(path)) ||
        !accepts_html(request.headers.get("Accept"), Html::named))
      return std::nullopt;
    return counted(request);
  };
}

}  // namespace ks::api
