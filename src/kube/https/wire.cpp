#include "kube/https/wire.hpp"

#include <atomic>

#include <fmt/format.h>

#include "kube/body.hpp"

namespace ks::kube::https {

namespace {

// Every object of Kubernetes is far from this deep; custom ones may come near.
constexpr std::size_t kDepthMax = 64;

void append_escaped(std::string& out, std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
}

std::string reason_of(int status) {
  switch (status) {
    case 400:
      return "BadRequest";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 405:
      return "MethodNotAllowed";
    case 409:
      return "Conflict";
    case 410:
      return "Expired";
    case 422:
      return "Invalid";
    case 429:
      return "TooManyRequests";
    case 503:
      return "ServiceUnavailable";
    default:
      return status >= 500 ? "InternalError" : "Unknown";
  }
}

}  // namespace

std::string path_of(const Kind& kind, const std::string& ns, const std::string& name) {
  std::string out = kind.group.empty() ? "/api/" : "/apis/";
  if (!kind.group.empty()) {
    append_escaped(out, kind.group);
    out += '/';
  }
  append_escaped(out, kind.version);
  if (kind.namespaced && !ns.empty()) {
    out += "/namespaces/";
    append_escaped(out, ns);
  }
  out += '/';
  append_escaped(out, kind.plural);
  if (!name.empty()) {
    out += '/';
    append_escaped(out, name);
  }
  return out;
}

void add_query(std::string& target, std::string_view name, std::string_view value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += name;
  target += '=';
  append_escaped(target, value);
}

KubeError error_of_status(const Json& status, int http_status) {
  KubeError error;
  error.status = http_status;
  if (status.text("kind") == "Status") {
    error.status = static_cast<int>(status.integer_or(http_status, "code"));
    error.reason = status.text("reason");
    error.message = status.text("message");
    if (const auto s = status.integer_or(0, "details", "retryAfterSeconds"); s > 0)
      error.retry_after = seconds(std::min<std::int64_t>(s, 3600));
  }
  if (error.reason.empty()) error.reason = reason_of(error.status);
  return error;
}

KubeError error_of(const Response& response) {
  if (response.too_long) return {413, "AnswerTooLong", response.failure, {}};
  if (response.status == 0) return {0, "NoAnswer", response.failure, {}};
  if (response.status >= 300 && response.status < 400)
    return {response.status,
            "Redirect",
            "the server answered with a redirect, which is not followed",
            {}};
  const auto body = parse_json(response.body, {.depth_max = kDepthMax});
  KubeError error = error_of_status(body ? *body : Json(), response.status);
  if (error.message.empty()) error.message = fmt::format("HTTP status {}", response.status);
  if (response.retry_after.us > 0) error.retry_after = response.retry_after;
  return error;
}

KubeResult<Json> tree_of(const std::string& body, std::size_t bytes_max) {
  auto tree = parse_json(body, {.depth_max = kDepthMax, .bytes_max = bytes_max});
  if (!tree) return kube_error(0, "BadAnswer", "the server's answer: " + tree.error().message);
  return std::move(*tree);
}

void strip_managed_fields(Json& object) {
  Json* meta = object.find("metadata");
  Json* entries = meta != nullptr ? meta->find("managedFields") : nullptr;
  if (entries == nullptr || !entries->is_array()) return;
  for (Json& entry : entries->as_array()) {
    Json kept = Json::object();
    for (const char* field : {"manager", "operation", "subresource"})
      if (const Json* value = entry.find(field)) kept.set(field, *value);
    entry = std::move(kept);
  }
}

KubeResult<std::optional<WatchEvent>> event_of(const std::string& line) {
  KS_TRY(auto tree, tree_of(line, Transport::kLineBytesMax));
  Json* object = tree.find("object");
  if (object == nullptr) return kube_error(0, "BadAnswer", "an event without an object");
  const std::string_view type = tree.text("type");
  if (type == "ERROR") return std::unexpected(error_of_status(*object, 500));
  strip_managed_fields(*object);
  using Type = WatchEvent::Type;
  if (type == "ADDED") return WatchEvent{Type::added, std::move(*object)};
  if (type == "MODIFIED") return WatchEvent{Type::modified, std::move(*object)};
  if (type == "DELETED") return WatchEvent{Type::deleted, std::move(*object)};
  if (type == "BOOKMARK") return WatchEvent{Type::bookmark, std::move(*object)};
  return std::nullopt;
}

namespace {

class HttpsWatch final : public Watch {
 public:
  explicit HttpsWatch(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  KubeResult<std::optional<WatchEvent>> next(Duration timeout) override {
    const SystemClock clock;
    const Time until = clock.monotonic() + timeout;
    for (;;) {
      if (ended_) return kube_error(0, "Closed", "the watch has ended");
      const Duration left = until - clock.monotonic();
      if (const auto line = stream_->line(left)) {
        auto event = event_of(*line);
        if (!event) ended_ = true;
        if (!event || *event) return event;
        continue;
      }
      if (const auto failure = stream_->ended()) {
        ended_ = true;
        return failure->empty() ? kube_error(0, "Closed", "the server ended the watch")
                                : kube_error(0, "NoAnswer", *failure);
      }
      if (left.us <= 0 || woken_.exchange(false)) return std::nullopt;
    }
  }

  void wake() override {
    woken_ = true;
    stream_->wake();
  }

 private:
  std::unique_ptr<Stream> stream_;
  bool ended_ = false;
  std::atomic<bool> woken_{false};
};

}  // namespace

std::unique_ptr<Watch> make_watch(std::unique_ptr<Stream> stream) {
  return std::make_unique<HttpsWatch>(std::move(stream));
}

}  // namespace ks::kube::https
