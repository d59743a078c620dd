#include "api/call.hpp"

#include <algorithm>
#include <charconv>

#include "store/page.hpp"

namespace ks::api {

namespace {

void skip_space(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// entity-tag of RFC 9110, 8.8.3, taken off the front; nothing when there is none.
std::optional<std::string_view> take_entity_tag(std::string_view& text) {
  const std::size_t open = text.starts_with("W/") ? 2 : 0;
  if (text.size() <= open || text[open] != '"') return std::nullopt;
  const std::size_t close = text.find('"', open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  for (const char c : text.substr(open + 1, close - open - 1))
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return std::nullopt;
  const std::string_view tag = text.substr(0, close + 1);
  text.remove_prefix(close + 1);
  return tag;
}

// Nothing when it is no list of entity tags.
std::optional<std::vector<std::string_view>> entity_tags(std::string_view text) {
  std::vector<std::string_view> tags;
  for (;;) {
    skip_space(text);
    const auto tag = take_entity_tag(text);
    if (!tag) return std::nullopt;
    tags.push_back(*tag);
    skip_space(text);
    if (text.empty()) return tags;
    if (text.front() != ',') return std::nullopt;
    text.remove_prefix(1);
  }
}

// Query text: what RFC 3986 calls unreserved stays, the rest becomes %XX.
std::string percent_encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

// The same list from the cursor on: filters and limit stay (RFC 8288).
std::string next_link(const http::Request& request, std::string_view cursor) {
  std::string link = "<?";
  for (const auto& [name, value] : request.query)
    if (name != "cursor") link += percent_encoded(name) + "=" + percent_encoded(value) + "&";
  return link + "cursor=" + std::string(cursor) + ">; rel=\"next\"";
}

// Of parameters that mean the same everywhere; empty when the value will do.
std::string_view value_fault(std::string_view name, std::string_view value) {
  if (name == "confirm" && value != "true" && value != "false") return "must be true or false";
  if (name == "limit" && !list_limit(value)) return "must be a number from 1 to 200";
  return {};
}

}  // namespace

std::optional<int> list_limit(std::string_view value) {
  int limit = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), limit);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size() || limit < 1 ||
      limit > kListMax)
    return std::nullopt;
  return limit;
}

std::string etag_of(std::int64_t version) { return "\"v" + std::to_string(version) + "\""; }

std::optional<std::int64_t> Call::if_match() const {
  const auto field = request.headers.find("If-Match");
  if (!field || *field == "*") return std::nullopt;
  constexpr std::int64_t kNever = -1;
  std::int64_t newest = kNever;
  for (const std::string_view tag : entity_tags(*field).value_or(std::vector<std::string_view>())) {
    if (tag.size() < 4 || !tag.starts_with("\"v")) continue;
    const std::string_view digits = tag.substr(2, tag.size() - 3);
    std::int64_t version = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (read.ec == std::errc() && read.ptr == digits.data() + digits.size())
      newest = std::max(newest, version);
  }
  return newest;
}

Result<void> check_if_match(const http::Request& request) {
  const auto field = request.headers.find("If-Match");
  if (!field || *field == "*" || entity_tags(*field)) return {};
  auto error =
      invalid({Fault{"If-Match", "must be the ETag of the resource, such as \"v3\", or *"}});
  error.error().problem = "malformed_header";
  error.error().message = "If-Match is not an entity tag.";
  error.error().status = 400;
  return error;
}

Result<void> check_query(const http::Request& request, const std::vector<std::string_view>& known) {
  std::vector<Fault> faults;
  for (auto at = request.query.begin(); at != request.query.end(); ++at) {
    const std::string& name = at->first;
    // A request of nothing but unknown parameters is not answered with many times its size.
    if (faults.size() == 100) break;
    if (std::ranges::find(known, name) == known.end())
      faults.push_back({"?" + name, "is not a parameter of this request"});
    else if (std::any_of(request.query.begin(), at,
                         [&](const auto& before) { return before.first == name; }))
      faults.push_back({"?" + name, "is given twice"});
    else if (const auto why = value_fault(name, at->second); !why.empty())
      faults.push_back({"?" + name, std::string(why)});
  }
  if (!faults.empty()) return invalid(std::move(faults));
  return {};
}

http::Response to_response(const http::Request& request, Reply reply) {
  if (reply.body.is_object() && reply.once.is_object())
    for (auto& [name, value] : reply.once.members()) reply.body.set(name, value);
  std::string text = reply.body.is_null() ? std::move(reply.text) : reply.body.dump();
  http::Response response = text.empty() ? http::Response(reply.status)
                                         : http::Response::json(reply.status, std::move(text));
  if (reply.version) response.headers.set("ETag", etag_of(*reply.version));
  if (!reply.location.empty()) response.headers.set("Location", reply.location);
  if (!reply.set_cookie.empty()) response.headers.add("Set-Cookie", reply.set_cookie);
  if (reply.next_cursor) response.headers.set("Link", next_link(request, *reply.next_cursor));
  response.headers.set("Vary", "Host, Cookie");
  return response;
}

Result<Reply> told_together(const Result<void>& query, Result<Reply> reply) {
  if (query) return reply;
  // What is refused stays refused, and is recorded as such.
  if (!reply && reply.error().code == Error::Code::denied) return reply;
  std::vector<Fault> faults = query.error().faults;
  if (!reply && reply.error().problem == "validation_failed")
    for (Fault& fault : reply.error().faults)
      if (std::ranges::find(faults, fault.pointer, &Fault::pointer) == faults.end())
        faults.push_back(std::move(fault));
  return invalid(std::move(faults));
}

}  // namespace ks::api
