#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "http/message.hpp"

namespace ks::http {

// Numbers for Prometheus. Handles are small, may be copied, are safe from all threads and live as
// long as the Metrics they came from. Asking twice for the same name and labels gives the same
// number. Labels never name a tenant: each value is a time series for ever.
class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  class Counter {
   public:
    void add(double amount = 1) const;

   private:
    friend class Metrics;
    explicit Counter(void* native) : native_(native) {}
    void* native_;
  };
  class Gauge {
   public:
    void set(double value) const;
    void add(double amount) const;

   private:
    friend class Metrics;
    explicit Gauge(void* native) : native_(native) {}
    void* native_;
  };
  class Histogram {
   public:
    void observe(double value) const;

   private:
    friend class Metrics;
    explicit Histogram(void* native) : native_(native) {}
    void* native_;
  };

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A name that Prometheus does not allow, or one that is in use for another kind, aborts.
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // `bounds` are the upper ends of the buckets, rising.
  Histogram histogram(const std::string& name, const std::string& help,
                      const std::vector<double>& bounds, const Labels& labels = {});

  // http_requests_total and http_request_seconds by route pattern, method and class of status.
  // An empty route counts as "unmatched".
  void observe_request(std::string_view route, Method method, int status, Duration took);

  // The text exposition format, version 0.0.4.
  std::string render() const;
  Response response() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ks::http
