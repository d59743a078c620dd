#include "trace/tracer.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "runtime/carried.hpp"

namespace ks::trace {

Tracer::Tracer(Options options, const Clock& clock, Random& random)
    : options_(std::move(options)), clock_(clock), random_(random) {}

SpanId Tracer::span_id() {
  SpanId out;
  while (out.empty()) random_.fill(out.bytes);
  return out;
}

bool Tracer::draw() {
  if (options_.ratio >= 1) return true;
  if (options_.ratio <= 0) return false;
  // 53 bits are what a double holds exactly.
  return static_cast<double>(random_.u64() >> 11) < std::ldexp(options_.ratio, 53);
}

Context Tracer::root() {
  Context out;
  while (out.trace.empty()) random_.fill(out.trace.bytes);
  out.span = span_id();
  out.sampled = draw();
  return out;
}

Context Tracer::child_of(const Context& parent) {
  return {parent.trace, span_id(), parent.sampled};
}

Context Tracer::beside(const Context& strangers) { return {strangers.trace, span_id(), draw()}; }

void Tracer::record(Span span) {
  if (!span.context.sampled) return;
  std::size_t now = 0;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() < options_.queue_max) {
      queue_.push_back(std::move(span));
      now = queue_.size();
    }
  }
  if (now == 0) return dropped(Drop::queue_full, 1);
  if (now == options_.batch_max) batch_there_.set();
}

std::vector<Span> Tracer::take() {
  const std::lock_guard lock(mutex_);
  const auto n = static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.batch_max));
  std::vector<Span> out(std::make_move_iterator(queue_.begin()),
                        std::make_move_iterator(queue_.begin() + n));
  queue_.erase(queue_.begin(), queue_.begin() + n);
  return out;
}

std::size_t Tracer::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void Tracer::dropped(Drop why, std::size_t spans) const {
  if (spans > 0 && options_.on_dropped) options_.on_dropped(why, spans);
}

void Tracer::wait(Duration at_most) {
  if (waiting() < options_.batch_max) (void)batch_there_.wait_for(at_most);
  batch_there_.reset();
}

Work::Work(Tracer* tracer, SpanKind kind, std::string_view what, std::string_view of_what)
    : tracer_(tracer) {
  if (tracer_ == nullptr) return;
  if (const Work* around = current()) {
    span_.context = tracer_->child_of(around->context());
    span_.parent = around->context().span;
  } else {
    span_.context = tracer_->root();
  }
  outer_ = runtime::carry(this);
  if (!span_.context.sampled) return;
  span_.kind = kind;
  span_.name.append(what).append(" ").append(of_what);
  span_.start = tracer_->clock().now();
  began_ = tracer_->clock().monotonic();
}

Work::~Work() {
  if (tracer_ == nullptr) return;
  runtime::carry(outer_);
  if (!span_.context.sampled) return;
  span_.end = span_.start + (tracer_->clock().monotonic() - began_);
  tracer_->record(std::move(span_));
}

void Work::set(std::string_view key, std::string value) {
  if (kept()) span_.attributes.push_back({key, std::move(value)});
}
void Work::set(std::string_view key, std::int64_t value) {
  if (kept()) span_.attributes.push_back({key, value});
}

Work* current() noexcept { return static_cast<Work*>(runtime::carried()); }

}  // namespace ks::trace
