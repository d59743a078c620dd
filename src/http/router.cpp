#include "http/router.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "http/problem.hpp"

namespace ks::http {

struct Router::Entry {
  Route route;
  std::vector<std::string> names;
  RouteHandler handler;
};

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;  // Sorted by text.
  std::unique_ptr<Node> parameter;
  std::array<const Entry*, kMethodCount> entries{};

  bool ends_here() const {
    return std::ranges::any_of(entries, [](const Entry* e) { return e != nullptr; });
  }
  Node* literal(std::string_view text) const {
    const auto at = std::ranges::lower_bound(
        literals, text, {}, [](const auto& pair) { return std::string_view(pair.first); });
    return at != literals.end() && at->first == text ? at->second.get() : nullptr;
  }
};

struct Router::Match {
  static constexpr std::size_t kParamsMax = 16;
  const Node* node = nullptr;
  std::array<std::pair<std::size_t, std::size_t>, kParamsMax> params{};
  std::size_t count = 0;
};

Router::Router(std::string problem_base)
    : problem_base_(std::move(problem_base)), root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(Method method, std::string_view pattern, RouteInfo info, RouteHandler handler) {
  KS_ASSERT_MSG(!info.audience.empty(), pattern);
  KS_ASSERT_MSG(pattern.starts_with('/'), pattern);
  auto entry = std::make_unique<Entry>(
      Entry{{method, std::string(pattern), std::move(info)}, {}, std::move(handler)});
  Node* node = root_.get();
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', at + 1), pattern.size());
    const std::string_view segment = pattern.substr(at + 1, end - at - 1);
    at = end;
    if (segment.empty()) {
      // Only "/" itself ends in a slash.
      KS_ASSERT_MSG(pattern == "/", pattern);
      break;
    }
    if (segment.front() == '{') {
      KS_ASSERT_MSG(segment.size() > 2 && segment.back() == '}', pattern);
      entry->names.emplace_back(segment.substr(1, segment.size() - 2));
      KS_ASSERT_MSG(std::ranges::count(entry->names, entry->names.back()) == 1, pattern);
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      continue;
    }
    KS_ASSERT_MSG(segment.find_first_of("{}") == std::string_view::npos, pattern);
    Node* next = node->literal(segment);
    if (next == nullptr) {
      const auto place =
          std::ranges::lower_bound(node->literals, segment, {},
                                   [](const auto& pair) { return std::string_view(pair.first); });
      next = node->literals.emplace(place, std::string(segment), std::make_unique<Node>())
                 ->second.get();
    }
    node = next;
  }
  KS_ASSERT_MSG(entry->names.size() <= Match::kParamsMax, pattern);
  const Entry*& place = node->entries[static_cast<std::size_t>(method)];
  KS_ASSERT_MSG(place == nullptr, pattern);
  place = entry.get();
  entries_.push_back(std::move(entry));
}

std::vector<const Router::Route*> Router::routes() const {
  std::vector<const Route*> out;
  out.reserve(entries_.size());
  for (const auto& entry : entries_) out.push_back(&entry->route);
  return out;
}

// `at` is the slash before the next segment, or the end. Depth is bounded by the patterns.
bool Router::match(const Node& node, std::string_view path, std::size_t at, Match& found) const {
  if (at == path.size() || (at == 0 && path == "/")) {
    if (!node.ends_here()) return false;
    found.node = &node;
    return true;
  }
  const std::size_t end = std::min(path.find('/', at + 1), path.size());
  const std::string_view segment = path.substr(at + 1, end - at - 1);
  if (segment.empty()) return false;
  const Node* literal = node.literal(segment);
  if (literal != nullptr && match(*literal, path, end, found)) return true;
  if (!node.parameter) return false;
  const std::size_t mine = found.count++;
  found.params[mine] = {at + 1, segment.size()};
  if (match(*node.parameter, path, end, found)) return true;
  found.count = mine;
  return false;
}

const Router::Entry* Router::find(const Match& found, Method method) const {
  const auto entry = [&](Method m) { return found.node->entries[static_cast<std::size_t>(m)]; };
  if (const Entry* own = entry(method)) return own;
  return method == Method::head ? entry(Method::get) : nullptr;
}

BodyWelcome Router::welcome(Request& request) const {
  constexpr std::size_t kUnreadBodyBytesMax = 64 * 1024;
  Match found;
  if (!match(*root_, request.path, 0, found)) return {.bytes_max = kUnreadBodyBytesMax};
  const Entry* entry = find(found, request.method);
  if (entry == nullptr) return {.bytes_max = kUnreadBodyBytesMax};
  request.route = entry->route.pattern;
  const RouteInfo& info = entry->route.info;
  return info.welcome ? info.welcome(request) : BodyWelcome{.bytes_max = info.body_bytes_max};
}

Response Router::refuse(Request& request, Response answer) const {
  return on_refusal_ ? on_refusal_(request, std::move(answer)) : std::move(answer);
}

Response Router::handle(Request& request) const {
  Match found;
  if (!match(*root_, request.path, 0, found)) {
    const bool read = request.method == Method::get || request.method == Method::head;
    if (read && otherwise_)
      if (auto answer = otherwise_(request)) return std::move(*answer);
    return refuse(request, problem(not_found().error(), request, problem_base_));
  }
  const Entry* entry = find(found, request.method);
  if (entry == nullptr) {
    std::string allow;
    for (std::size_t i = 0; i < kMethodCount; ++i) {
      const auto method = static_cast<Method>(i);
      if (method != Method::options && find(found, method) == nullptr) continue;
      if (!allow.empty()) allow += ", ";
      allow += method_name(method);
    }
    Response out(204);
    if (request.method != Method::options) {
      Error error{Error::Code::invalid,
                  "method_not_allowed",
                  "This address answers " + allow + ".",
                  {},
                  {},
                  {},
                  405,
                  0,
                  {}};
      out = problem(error, request, problem_base_);
    }
    out.headers.add("Allow", allow);
    return refuse(request, std::move(out));
  }
  request.route = entry->route.pattern;
  request.params.clear();
  for (std::size_t i = 0; i < entry->names.size(); ++i)
    request.params.push_back({entry->names[i], found.params[i].first, found.params[i].second});
  return entry->handler(request);
}

}  // namespace ks::http
