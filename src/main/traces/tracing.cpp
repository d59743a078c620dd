#include "main/traces/tracing.hpp"

#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "kube/traced.hpp"
#include "main/program.hpp"

namespace ks {

namespace {

// Of a header that stands twice nobody knows which one is meant.
std::optional<trace::Context> context_of(const http::Request& request) {
  std::optional<trace::Context> out;
  bool seen = false;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const http::Header header = request.headers.at(i);
    if (!http::equal_ignoring_case(header.name, "traceparent")) continue;
    if (std::exchange(seen, true)) return std::nullopt;
    out = trace::parse_traceparent(header.value);
  }
  return out;
}

// Each is there from the start, so that a rate can be told of the first span that is dropped.
trace::Tracer::Options options_of(const TraceSettings& settings, http::Metrics& metrics) {
  std::map<trace::Drop, http::Metrics::Counter> counters;
  for (const trace::Drop why : trace::kDrops)
    counters.emplace(why, metrics.counter("trace_spans_dropped_total",
                                          "Spans that did not get to the collector of traces.",
                                          {{"reason", std::string(trace::name(why))}}));
  trace::Tracer::Options out;
  out.ratio = settings.ratio;
  out.on_dropped = [counters = std::move(counters)](trace::Drop why, std::size_t spans) {
    counters.at(why).add(static_cast<double>(spans));
  };
  return out;
}

constexpr std::size_t kAnswerBytesMax = 64 * 1024;

}  // namespace

Tracing::Tracing(const Config& config, http::Metrics& metrics, const Clock& clock, Random& random)
    : settings_(config.traces),
      ca_file_(config.ca_file),
      proxy_(config.https_proxy),
      no_proxy_(config.no_proxy),
      clock_(clock),
      random_(random),
      exported_(metrics.counter("trace_spans_exported_total",
                                "Spans that the collector of traces has taken.")) {
  trace::Tracer::Options options = options_of(settings_, metrics);
  if (settings_.server.empty()) return;
  tracer_ = std::make_unique<trace::Tracer>(std::move(options), clock, random);
}

Tracing::~Tracing() = default;

kube::Cluster* Tracing::traced(kube::Cluster* cluster) {
  if (tracer_ == nullptr) return cluster;
  cluster_ = std::make_unique<kube::TracedCluster>(*cluster, *tracer_);
  return cluster_.get();
}

Result<void> Tracing::start(runtime::Loop& loop) {
  if (tracer_ == nullptr) return {};
  kube::https::Endpoint endpoint;
  endpoint.server = settings_.server;
  endpoint.connect_timeout = seconds(2);
  if (settings_.server.starts_with("https://")) {
    endpoint.proxy = proxy_;
    endpoint.no_proxy = no_proxy_;
    if (!ca_file_.empty()) {
      std::ifstream file(ca_file_);
      std::stringstream text;
      text << file.rdbuf();
      if (!file) return unavailable("ca_file", "CA_FILE cannot be read: " + ca_file_);
      endpoint.ca = text.str();
    }
  }
  collector_ = std::make_unique<kube::https::Transport>(std::move(endpoint), &loop);
  trace::ExporterConfig config;
  config.resource = {settings_.service, std::string(program_version()), uuid_v7(clock_, random_)};
  config.on_exported = [this](std::size_t spans) { exported_.add(static_cast<double>(spans)); };
  exporter_ = std::make_unique<trace::Exporter>(
      *tracer_, std::move(config),
      [this](std::string body, Duration timeout) {
        kube::https::Request request;
        request.method = "POST";
        request.target = settings_.target;
        request.content_type = "application/json";
        request.body = std::move(body);
        request.headers = settings_.headers;
        request.bytes_max = kAnswerBytesMax;
        request.timeout = timeout;
        auto answer = collector_->call(std::move(request));
        return trace::Sent{answer.status, answer.retry_after, std::move(answer.body),
                           std::move(answer.failure), answer.too_long};
      },
      clock_, random_);
  exporter_->start(loop);
  return {};
}

void Tracing::stop() {
  if (exporter_) exporter_->stop();
  exporter_.reset();
  collector_.reset();
}

void Tracing::answered(const http::Request& request, const http::Response& response,
                       Duration took) {
  if (tracer_ == nullptr) return;
  const auto theirs = context_of(request);
  trace::Span span;
  if (!theirs)
    span.context = tracer_->root();
  else if (request.from_proxy)
    span.context = tracer_->child_of(*theirs);
  else
    span.context = tracer_->beside(*theirs);
  if (!span.context.sampled) return;
  if (theirs) {
    span.parent = theirs->span;
    span.parent_remote = true;
  }
  const std::string_view method = http::method_name(request.method);
  span.kind = trace::SpanKind::server;
  span.name = method;
  span.attributes.push_back({"http.request.method", std::string(method)});
  if (!request.route.empty()) {
    span.name.append(" ").append(request.route);
    span.attributes.push_back({"http.route", std::string(request.route)});
  }
  span.attributes.push_back({"http.response.status_code", std::int64_t{response.status}});
  span.attributes.push_back({"url.scheme", request.scheme});
  span.attributes.push_back({"k8s_scheduler.request_id", request.request_id});
  if (!response.problem.empty())
    span.attributes.push_back({"k8s_scheduler.problem", response.problem});
  if (response.status >= 500) {
    span.attributes.push_back({"error.type", response.problem.empty()
                                                 ? std::to_string(response.status)
                                                 : response.problem});
    span.failed = true;
  }
  span.end = clock_.now();
  span.start = span.end - took;
  tracer_->record(std::move(span));
}

void Tracing::tried(const mail::Tried& mail) {
  if (tracer_ == nullptr) return;
  trace::Span span;
  span.context = tracer_->root();
  if (!span.context.sampled) return;
  span.kind = trace::SpanKind::client;
  span.name = "send mail";
  span.attributes.push_back({"k8s_scheduler.mail.kind", std::string(mail.kind)});
  span.attributes.push_back({"k8s_scheduler.outcome", std::string(mail.outcome)});
  if (mail.outcome != "sent") {
    span.attributes.push_back({"error.type", std::string(mail.cause)});
    span.failed = true;
  }
  span.end = clock_.now();
  span.start = span.end - mail.took;
  tracer_->record(std::move(span));
}

}  // namespace ks
