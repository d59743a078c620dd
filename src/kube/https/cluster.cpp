#include "kube/https/cluster.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "kube/body.hpp"
#include "kube/https/transport.hpp"
#include "kube/https/wire.hpp"
#include "trace/tracer.hpp"

namespace ks::kube::https {

namespace {

Endpoint endpoint_of(const KubeConfig& config, const Options& options,
                     const std::string& fallback_ca) {
  Endpoint out;
  out.server = config.server;
  out.ca = config.ca.empty() ? fallback_ca : config.ca;
  out.client_certificate = config.client_certificate;
  out.client_key = config.client_key;
  out.proxy = options.proxy;
  out.no_proxy = options.no_proxy;
  return out;
}

bool is_token(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = " \t\r\n";
  const auto begin = text.find_first_not_of(blank);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

// The span of this call, if there is one, is the parent of what the API server traces.
void add_trace(Request& request) {
  if (const trace::Work* work = trace::current())
    request.headers.emplace_back("traceparent", trace::traceparent(work->context()));
}
void keep_status(const Response& response) {
  if (trace::Work* work = trace::current()) work->http_status = response.status;
}

}  // namespace

struct HttpsCluster::Impl {
  Impl(KubeConfig c, Options o, const std::string& fallback_ca, runtime::Loop* loop)
      : config(std::move(c)),
        options(std::move(o)),
        transport(endpoint_of(config, options, fallback_ca), loop) {}

  KubeResult<std::string> bearer() const {
    std::string token = config.token;
    if (!config.token_file.empty()) {
      const auto text = read_small_file(config.token_file);
      if (!text) return kube_error(0, "NoCredentials", text.error().message);
      token = trimmed(*text);
    }
    if (!is_token(token))
      return kube_error(0, "NoCredentials", "the token is not one line of text");
    return token;
  }

  KubeResult<Json> call(Request request) {
    KS_TRY(request.bearer, bearer());
    request.timeout = options.call_timeout;
    request.bytes_max = options.answer_bytes_max;
    add_trace(request);
    const Response response = transport.call(std::move(request));
    keep_status(response);
    if (response.status < 200 || response.status > 299) return std::unexpected(error_of(response));
    return tree_of(response.body, options.answer_bytes_max);
  }

  // A page that is too long is asked for again with half as many objects, down to one. A single
  // object is too long only if the bound is below etcd's own of 1.5 MB.
  KubeResult<Json> call_for_list(const std::string& target, std::int64_t limit) {
    for (;; limit = limit > 0 ? limit / 2 : 500) {
      Request request;
      request.target = target;
      if (limit > 0) add_query(request.target, "limit", std::to_string(limit));
      auto tree = call(std::move(request));
      if (tree || !tree.error().is_too_long() || limit == 1) return tree;
    }
  }

  KubeResult<Json> call_for_object(Request request) {
    KS_TRY(auto object, call(std::move(request)));
    strip_managed_fields(object);
    return object;
  }

  KubeConfig config;
  Options options;
  SystemRandom random;
  Transport transport;
};

Result<std::unique_ptr<HttpsCluster>> HttpsCluster::make(KubeConfig config, Options options,
                                                         runtime::Loop* loop) {
  std::string fallback_ca;
  if (config.ca.empty() && !options.ca_file.empty()) {
    KS_TRY(fallback_ca, read_small_file(options.ca_file));
  }
  return std::unique_ptr<HttpsCluster>(new HttpsCluster(
      std::make_unique<Impl>(std::move(config), std::move(options), fallback_ca, loop)));
}

HttpsCluster::HttpsCluster(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpsCluster::~HttpsCluster() = default;

KubeResult<Json> HttpsCluster::get(const Ref& ref) {
  KS_CHECK(check_ref(ref));
  Request request;
  request.target = path_of(ref.kind, ref.ns, ref.name);
  return impl_->call_for_object(std::move(request));
}

KubeResult<ListPage> HttpsCluster::list(const Kind& kind, const ListOptions& options) {
  std::string target = path_of(kind, options.ns, "");
  if (!options.label_selector.empty()) add_query(target, "labelSelector", options.label_selector);
  if (!options.continue_token.empty()) add_query(target, "continue", options.continue_token);
  KS_TRY(auto tree, impl_->call_for_list(target, options.limit));
  ListPage page;
  page.resource_version = tree.text("metadata", "resourceVersion");
  page.continue_token = tree.text("metadata", "continue");
  if (Json* items = tree.find("items"); items != nullptr && items->is_array())
    for (Json& item : items->as_array()) {
      strip_managed_fields(item);
      // The items of a list of a built-in kind do not say what they are.
      item.set("apiVersion", kind.api_version()).set("kind", kind.name);
      page.items.push_back(std::move(item));
    }
  return page;
}

KubeResult<std::unique_ptr<Watch>> HttpsCluster::watch(const Kind& kind,
                                                       const WatchOptions& options) {
  Request request;
  request.target = path_of(kind, options.ns, "");
  add_query(request.target, "watch", "1");
  add_query(request.target, "allowWatchBookmarks", "true");
  if (!options.label_selector.empty())
    add_query(request.target, "labelSelector", options.label_selector);
  if (!options.resource_version.empty())
    add_query(request.target, "resourceVersion", options.resource_version);
  const auto shortest = impl_->options.watch_min.us / 1'000'000;
  const auto longest = std::max(shortest, impl_->options.watch_max.us / 1'000'000);
  const auto span = static_cast<std::uint64_t>(longest - shortest + 1);
  const auto lasts = shortest + static_cast<std::int64_t>(impl_->random.below(span));
  add_query(request.target, "timeoutSeconds", std::to_string(lasts));
  KS_TRY(request.bearer, impl_->bearer());
  request.timeout = impl_->options.call_timeout;
  std::unique_ptr<Stream> stream;
  add_trace(request);
  const Response response = impl_->transport.open(std::move(request), stream);
  keep_status(response);
  if (stream == nullptr) return std::unexpected(error_of(response));
  return make_watch(std::move(stream));
}

KubeResult<Json> HttpsCluster::create(const Kind& kind, const Json& object) {
  KS_CHECK(check_object(kind, object));
  Request request;
  request.method = "POST";
  request.target = path_of(kind, ref_of(kind, object).ns, "");
  request.content_type = "application/json";
  request.body = create_body(object).dump();
  return impl_->call_for_object(std::move(request));
}

KubeResult<Json> HttpsCluster::apply(const Kind& kind, const Json& object,
                                     const ApplyOptions& options) {
  KS_CHECK(check_object(kind, object));
  const Ref ref = ref_of(kind, object);
  Request request;
  request.method = "PATCH";
  request.target = path_of(kind, ref.ns, ref.name);
  if (options.subresource == Subresource::status) request.target += "/status";
  if (options.subresource == Subresource::finalize) request.target += "/finalize";
  add_query(request.target, "fieldManager", options.manager);
  add_query(request.target, "force", options.force ? "true" : "false");
  // The server takes JSON under this name, which is a subset of YAML, and not under "+json".
  request.content_type = "application/apply-patch+yaml";
  request.body = apply_body(object, options).dump();
  auto result = impl_->call_for_object(std::move(request));
  // To the server a UID that differs is an attempt to change it; to us, another object.
  if (!result && !options.uid.empty() && result.error().status == 422 &&
      result.error().message.find("metadata.uid") != std::string::npos) {
    result.error().status = 409;
    result.error().reason = "Conflict";
  }
  return result;
}

KubeResult<void> HttpsCluster::remove(const Ref& ref, const DeleteOptions& options) {
  KS_CHECK(check_ref(ref));
  Json body = Json::object({{"apiVersion", "v1"}, {"kind", "DeleteOptions"}});
  switch (options.propagation) {
    case DeleteOptions::Propagation::background:
      body.set("propagationPolicy", "Background");
      break;
    case DeleteOptions::Propagation::foreground:
      body.set("propagationPolicy", "Foreground");
      break;
    case DeleteOptions::Propagation::orphan:
      body.set("propagationPolicy", "Orphan");
      break;
  }
  if (!options.uid.empty()) body["preconditions"].set("uid", options.uid);
  Request request;
  request.method = "DELETE";
  request.target = path_of(ref.kind, ref.ns, ref.name);
  request.content_type = "application/json";
  request.body = body.dump();
  KS_CHECK(impl_->call(std::move(request)));
  return {};
}

}  // namespace ks::kube::https
