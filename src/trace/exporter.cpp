#include "trace/exporter.hpp"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace ks::trace {

namespace {

// The statuses after which OTLP lets a client try again; after all others it must not.
bool may_retry(int status) {
  return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

struct Exporter::Impl {
  Impl(Tracer& t, ExporterConfig c, Send s, const Clock& cl, Random& r)
      : tracer(t), config(std::move(c)), send(std::move(s)), clock(cl), random(r) {}

  Tracer& tracer;
  ExporterConfig config;
  Send send;
  const Clock& clock;
  Random& random;
  bool started = false;
  std::atomic<bool> stopping{false};
  runtime::Event stop_asked;
  runtime::Event stopped;
  bool troubled = false;

  // Said once for each time that it goes wrong, since it may go on for days.
  void note(const Sent& sent) {
    const bool wrong = sent.status < 200 || sent.status > 299;
    if (wrong && !troubled)
      log::warn("the collector of traces does not take them",
                {{"status", sent.status}, {"cause", sent.failure}});
    if (!wrong && troubled) log::info("the collector of traces takes them again");
    troubled = wrong;
  }

  enum class Fate { settled, again };
  Fate try_once(const std::string& body, std::size_t spans, Duration timeout, Duration& wait) {
    const Sent sent = send(body, timeout);
    note(sent);
    if (sent.status >= 200 && sent.status <= 299) {
      const auto rejected = std::min(static_cast<std::size_t>(rejected_spans(sent.body)), spans);
      tracer.dropped(Drop::refused, rejected);
      if (config.on_exported && rejected < spans) config.on_exported(spans - rejected);
      return Fate::settled;
    }
    // Who answers at such length would do it again, and may have taken the spans.
    if (sent.too_long || !may_retry(sent.status)) {
      tracer.dropped(Drop::refused, spans);
      return Fate::settled;
    }
    wait = std::min(sent.retry_after, config.told_max);
    return Fate::again;
  }

  // From 80 to 120 hundredths, so that programs that failed together do not come back together.
  Duration about(Duration d) {
    return microseconds(d.us / 100 * static_cast<std::int64_t>(80 + random.below(41)));
  }

  // True when the batch is settled; false when the program ends before.
  bool deliver(const std::string& body, std::size_t spans, Duration& told_to_wait) {
    Duration pause = config.wait_first;
    for (int tries = 1;; ++tries) {
      if (try_once(body, spans, config.timeout, told_to_wait) == Fate::settled) return true;
      if (tries == config.tries_max) {
        tracer.dropped(Drop::undelivered, spans);
        return true;
      }
      if (stop_asked.wait_for(std::max(about(pause), told_to_wait))) return false;
      pause = std::min(pause * 2, config.wait_max);
      told_to_wait = {};
    }
  }

  void run() {
    std::string body;
    std::size_t held = 0;
    Duration told_to_wait{};
    while (!stopping) {
      tracer.wait(config.every);
      if (stopping) break;
      const std::vector<Span> spans = tracer.take();
      if (spans.empty()) continue;
      body = otlp_json(config.resource, spans);
      held = spans.size();
      if (!deliver(body, held, told_to_wait)) break;
      held = 0;
      // A wait of no length would be one without end.
      if (config.apart.us > 0 && stop_asked.wait_for(config.apart)) break;
    }
    finish(std::move(body), held, told_to_wait);
    stopped.set();
  }

  void finish(std::string body, std::size_t held, Duration told_to_wait) {
    const Time until = clock.monotonic() + config.last;
    bool open = told_to_wait.us == 0;
    for (;;) {
      if (held == 0) {
        const std::vector<Span> spans = tracer.take();
        if (spans.empty()) return;
        held = spans.size();
        body = otlp_json(config.resource, spans);
      }
      const Duration left = until - clock.monotonic();
      Duration ignored{};
      // Less than a millisecond is, for clients of HTTP, no limit at all.
      if (!open || left < milliseconds(1) || try_once(body, held, left, ignored) == Fate::again) {
        open = false;
        tracer.dropped(Drop::shutdown, held);
      }
      held = 0;
    }
  }
};

Exporter::Exporter(Tracer& tracer, ExporterConfig config, Send send, const Clock& clock,
                   Random& random)
    : impl_(std::make_shared<Impl>(tracer, std::move(config), std::move(send), clock, random)) {}

Exporter::~Exporter() { stop(); }

void Exporter::start(runtime::Loop& loop) {
  KS_ASSERT(!impl_->started);
  impl_->started = true;
  loop.spawn([impl = impl_] { impl->run(); });
}

void Exporter::stop() {
  if (!impl_->started) return;
  if (!impl_->stopping.exchange(true)) {
    impl_->stop_asked.set();
    impl_->tracer.wake();
  }
  impl_->stopped.wait();
}

}  // namespace ks::trace
