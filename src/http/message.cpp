#include "http/message.hpp"

#include <algorithm>
#include <array>

namespace ks::http {

namespace {
constexpr std::array<std::string_view, kMethodCount> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                              "PATCH", "DELETE", "OPTIONS"};
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
}  // namespace

std::string_view method_name(Method method) { return kMethods[static_cast<std::size_t>(method)]; }

std::optional<Method> parse_method(std::string_view name) {
  for (std::size_t i = 0; i < kMethods.size(); ++i)
    if (kMethods[i] == name) return static_cast<Method>(i);
  return std::nullopt;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  return true;
}

void Headers::add(std::string_view name, std::string_view value) {
  // Written one after the other: a growing text_ may move, and `value` may not point into it.
  const auto at = static_cast<std::uint32_t>(text_.size());
  text_ += name;
  text_ += value;
  entries_.push_back({at, static_cast<std::uint32_t>(name.size()),
                      at + static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& e) {
    return equal_ignoring_case({text_.data() + e.name_at, e.name_size}, name);
  });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Entry& e : entries_)
    if (equal_ignoring_case({text_.data() + e.name_at, e.name_size}, name))
      return std::string_view(text_.data() + e.value_at, e.value_size);
  return std::nullopt;
}

std::string_view Headers::get(std::string_view name) const {
  return find(name).value_or(std::string_view{});
}

Header Headers::at(std::size_t i) const {
  const Entry& e = entries_[i];
  return {{text_.data() + e.name_at, e.name_size}, {text_.data() + e.value_at, e.value_size}};
}

void Headers::clear() noexcept {
  if (text_.capacity() > 4096) text_ = std::string();
  text_.clear();
  entries_.clear();
}

std::string_view Request::param(std::string_view name) const {
  for (const Param& p : params)
    if (p.name == name) return std::string_view(path).substr(p.at, p.size);
  return {};
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [n, v] : query)
    if (n == name) return v;
  return std::nullopt;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [n, v] : parse_cookies(headers.get("cookie"))) {
    if (n != name) continue;
    if (found) return std::nullopt;
    found = v;
  }
  return found;
}

void Request::clear() {
  // Little memory is kept through an idle hour: there may be very many idle connections.
  const auto clear_large = [](std::string& text) {
    if (text.capacity() > 1024)
      text = std::string();
    else
      text.clear();
  };
  clear_large(target);
  clear_large(path);
  clear_large(body);
  query.clear();
  headers.clear();
  request_id.clear();
  client_address.clear();
  host.clear();
  port = 0;
  scheme = "http";
  route = {};
  params.clear();
  charge.reset();
}

std::vector<std::pair<std::string_view, std::string_view>> parse_cookies(std::string_view header) {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  const auto trim = [](std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
  };
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trim(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    out.emplace_back(trim(pair.substr(0, equals)), trim(pair.substr(equals + 1)));
  }
  return out;
}

Response::Response(int code, std::string_view content_type, std::string text)
    : status(code), body(std::move(text)) {
  headers.add("Content-Type", content_type);
}

Response Response::json(int status, std::string text) {
  return {status, "application/json", std::move(text)};
}

Response Response::text(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text)};
}

Response Response::of_kept(std::string_view content_type, std::shared_ptr<const std::string> text) {
  Response out(200, content_type, {});
  out.kept = std::move(text);
  return out;
}

Response Response::events(std::shared_ptr<SseStream> stream) {
  Response out{200, "text/event-stream", {}};
  // Proxies that buffer by default would hold events back.
  out.headers.add("X-Accel-Buffering", "no");
  out.stream = std::move(stream);
  return out;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

}  // namespace ks::http
