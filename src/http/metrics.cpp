#include "http/metrics.hpp"

#include <map>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/error.hpp"

namespace ks::http {

namespace {
prometheus::Labels to_map(const Metrics::Labels& labels) { return {labels.begin(), labels.end()}; }

const std::vector<double>& request_bounds() {
  static const std::vector<double> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                           0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                           1,      2.5,     5,      10};
  return kBounds;
}
}  // namespace

struct Metrics::Impl {
  struct Requests {
    prometheus::Counter* count;
    prometheus::Histogram* seconds;
  };
  using Key = std::pair<std::string, int>;
  struct Less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      if (a.second != b.second) return a.second < b.second;
      return std::string_view(a.first) < std::string_view(b.first);
    }
  };

  prometheus::Registry registry;
  std::shared_mutex mutex;
  std::map<Key, Requests, Less> requests;

  // Registers or finds; the library throws on a bad name and on a second kind under one name.
  template <class Make>
  static auto* made(const std::string& name, Make make) {
    try {
      return &make();
    } catch (const std::exception& e) {
      assertion_failed("metric", __FILE__, __LINE__, name + ": " + e.what());
    }
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::Counter::add(double amount) const {
  static_cast<prometheus::Counter*>(native_)->Increment(amount);
}
void Metrics::Gauge::set(double value) const {
  static_cast<prometheus::Gauge*>(native_)->Set(value);
}
void Metrics::Gauge::add(double amount) const {
  static_cast<prometheus::Gauge*>(native_)->Increment(amount);
}
void Metrics::Histogram::observe(double value) const {
  static_cast<prometheus::Histogram*>(native_)->Observe(value);
}

Metrics::Counter Metrics::counter(const std::string& name, const std::string& help,
                                  const Labels& labels) {
  return Counter(Impl::made(name, [&]() -> prometheus::Counter& {
    return prometheus::BuildCounter()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(to_map(labels));
  }));
}

Metrics::Gauge Metrics::gauge(const std::string& name, const std::string& help,
                              const Labels& labels) {
  return Gauge(Impl::made(name, [&]() -> prometheus::Gauge& {
    return prometheus::BuildGauge()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(to_map(labels));
  }));
}

Metrics::Histogram Metrics::histogram(const std::string& name, const std::string& help,
                                      const std::vector<double>& bounds, const Labels& labels) {
  return Histogram(Impl::made(name, [&]() -> prometheus::Histogram& {
    return prometheus::BuildHistogram()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(to_map(labels), bounds);
  }));
}

void Metrics::observe_request(std::string_view route, Method method, int status, Duration took) {
  if (route.empty()) route = "unmatched";
  const int kind = status >= 100 && status < 600 ? status / 100 : 0;
  const std::pair<std::string_view, int> key{route, static_cast<int>(method) * 10 + kind};
  Impl::Requests found{};
  {
    const std::shared_lock lock(impl_->mutex);
    if (const auto at = impl_->requests.find(key); at != impl_->requests.end()) found = at->second;
  }
  if (found.count == nullptr) {
    const Labels labels{{"route", std::string(route)},
                        {"method", std::string(method_name(method))},
                        {"status", kind == 0 ? std::string("other") : std::to_string(kind) + "xx"}};
    found.count = static_cast<prometheus::Counter*>(
        counter("http_requests_total", "Requests answered.", labels).native_);
    found.seconds = static_cast<prometheus::Histogram*>(
        histogram("http_request_seconds", "Time from the first byte of a request to its reply.",
                  request_bounds(), labels)
            .native_);
    const std::unique_lock lock(impl_->mutex);
    impl_->requests.emplace(Impl::Key{route, key.second}, found);
  }
  found.count->Increment();
  found.seconds->Observe(static_cast<double>(took.us) / 1e6);
}

std::string Metrics::render() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

Response Metrics::response() const {
  return {200, "text/plain; version=0.0.4; charset=utf-8", render()};
}

}  // namespace ks::http
