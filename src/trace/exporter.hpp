#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "runtime/loop.hpp"
#include "trace/otlp.hpp"
#include "trace/tracer.hpp"

namespace ks::trace {

// What a collector answered to a batch.
struct Sent {
  int status = 0;          // Of HTTP; 0: no answer came, and `failure` says why.
  Duration retry_after{};  // Zero when it did not say.
  std::string body{};
  std::string failure{};
  bool too_long = false;  // An answer came, and more of it than is read; status is 0.
};

// Posts one body to the collector and waits for the answer, no longer than `timeout`.
using Send = std::function<Sent(std::string body, Duration timeout)>;

struct ExporterConfig {
  Resource resource;
  Duration every = seconds(5);    // A batch leaves so often, or sooner when it is full.
  Duration timeout = seconds(4);  // Of one try.
  // A batch that did not get through is tried again after about the first of these, then after
  // double the time, up to the second of them; and after what Retry-After says, where that is more.
  Duration wait_first = seconds(1);
  Duration wait_max = seconds(30);
  Duration told_max = seconds(300);  // What Retry-After says beyond this is not waited for.
  int tries_max = 8;
  // Between two batches. However many requests strangers make, no more leaves than a batch in this
  // time; the queue drops the rest.
  Duration apart = milliseconds(100);
  Duration last = seconds(3);  // For what is left when the program ends.
  std::function<void(std::size_t)> on_exported = {};
};

// Takes what a Tracer keeps to a collector, a batch at a time, on a fiber of its own. While the
// collector does not answer one batch is held and the tracer's queue fills; nobody waits for
// either.
class Exporter {
 public:
  // The tracer and the clock outlive the loop.
  Exporter(Tracer& tracer, ExporterConfig config, Send send, const Clock& clock, Random& random);
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  // Once.
  void start(runtime::Loop& loop);
  // Sends what is left and ends: within the times of a try and of the last ones. What does not get
  // through by then is dropped, as is what must wait since the collector said so.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::trace
