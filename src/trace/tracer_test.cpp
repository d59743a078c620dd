#include "trace/tracer.hpp"

#include <cmath>
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include "base/json.hpp"
#include "trace/otlp.hpp"

using namespace ks;
using namespace ks::trace;

namespace {

struct World {
  explicit World(double ratio = 1, std::size_t queue_max = 4096) {
    Tracer::Options options;
    options.ratio = ratio;
    options.queue_max = queue_max;
    options.on_dropped = [this](Drop why, std::size_t n) { dropped[why] += n; };
    tracer.emplace(std::move(options), clock, random);
  }
  ManualClock clock;
  SeededRandom random{7};
  std::map<Drop, std::size_t> dropped;
  std::optional<Tracer> tracer;
};

Context strangers(bool sampled) {
  return *parse_traceparent(std::string("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-") +
                            (sampled ? "01" : "00"));
}

}  // namespace

TEST_CASE("work within work is its child, and what comes after is not") {
  World w;
  CHECK(current() == nullptr);
  {
    Work outer(&*w.tracer, SpanKind::internal, "reconcile", "sandbox");
    CHECK(current() == &outer);
    w.clock.advance(milliseconds(2));
    {
      Work inner(&*w.tracer, SpanKind::client, "apply", "pods");
      CHECK(current() == &inner);
      inner.set("n", std::int64_t{3});
      inner.fail();
      w.clock.advance(milliseconds(3));
    }
    CHECK(current() == &outer);
  }
  CHECK(current() == nullptr);
  {
    const Work next(&*w.tracer, SpanKind::internal, "reconcile", "sandbox");
  }
  const auto spans = w.tracer->take();
  REQUIRE(spans.size() == 3);
  CHECK(spans[0].name == "apply pods");
  CHECK(spans[0].parent == spans[1].context.span);
  CHECK(spans[0].context.trace == spans[1].context.trace);
  CHECK(spans[0].failed);
  CHECK((spans[0].end - spans[0].start) == milliseconds(3));
  CHECK((spans[1].end - spans[1].start) == milliseconds(5));
  CHECK(spans[1].parent.empty());
  CHECK_FALSE(spans[2].context.trace == spans[1].context.trace);
  CHECK(spans[2].parent.empty());
}

TEST_CASE("a fiber keeps its own work while others run on its thread") {
  World w;
  runtime::Event first_waits, second_done;
  const Work* seen_before = nullptr;
  const Work* seen_after = nullptr;
  const Work* fresh = nullptr;
  Context first{};
  runtime::run_fiber([&] {
    runtime::Loop::current()->spawn([&] {
      fresh = current();
      first_waits.wait();
      const Work second(&*w.tracer, SpanKind::internal, "second", "work");
      second_done.set();
      runtime::sleep_for(milliseconds(1));
    });
    Work work(&*w.tracer, SpanKind::internal, "first", "work");
    first = work.context();
    seen_before = current();
    first_waits.set();
    second_done.wait();
    seen_after = current();
    const bool same = seen_after == &work;
    CHECK(same);
    const Work inner(&*w.tracer, SpanKind::internal, "inner", "work");
    CHECK(inner.context().trace == work.context().trace);
    runtime::sleep_for(milliseconds(5));
    CHECK(current() == &inner);
  });
  CHECK(fresh == nullptr);
  CHECK(seen_before == seen_after);
  CHECK(current() == nullptr);
  for (const Span& span : w.tracer->take())
    if (span.name == "second work") {
      CHECK(span.parent.empty());
      CHECK_FALSE(span.context.trace == first.trace);
    }
}

TEST_CASE("without a tracer work does nothing") {
  Work work(nullptr, SpanKind::internal, "reconcile", "sandbox");
  work.set("key", std::string("value"));
  CHECK_FALSE(work.kept());
  CHECK(current() == nullptr);
}

TEST_CASE("a full queue drops what comes, counts it, and waits for nobody") {
  World w(1, 10);
  for (int i = 0; i < 25; ++i) {
    const Work work(&*w.tracer, SpanKind::internal, "a", "b");
  }
  CHECK(w.tracer->waiting() == 10);
  CHECK(w.dropped[Drop::queue_full] == 15);
  CHECK(w.tracer->take().size() == 10);
  {
    const Work work(&*w.tracer, SpanKind::internal, "a", "b");
  }
  CHECK(w.tracer->take().size() == 1);
}

TEST_CASE("traces that begin here are sampled at the ratio") {
  for (const double ratio : {0.0, 0.1, 0.5, 1.0}) {
    World w(ratio);
    int sampled = 0;
    for (int i = 0; i < 10'000; ++i) sampled += w.tracer->root().sampled ? 1 : 0;
    CAPTURE(ratio);
    CHECK(std::abs(sampled - ratio * 10'000) <= 200 * (ratio > 0 && ratio < 1 ? 1 : 0));
  }
}

TEST_CASE("a stranger's flag and a stranger's choice of an id do not raise the ratio") {
  World never(0), w(0.1);
  int sampled = 0;
  for (int i = 0; i < 10'000; ++i) {
    CHECK_FALSE(never.tracer->beside(strangers(true)).sampled);
    // The very same id each time: were it the id that decides, it would be all or none of them.
    const Context ours = w.tracer->beside(strangers(true));
    sampled += ours.sampled ? 1 : 0;
    CHECK(ours.trace == strangers(true).trace);
    CHECK_FALSE(ours.span == strangers(true).span);
  }
  CHECK(sampled > 800);
  CHECK(sampled < 1200);
  // Who may decide is followed both ways.
  CHECK(never.tracer->child_of(strangers(true)).sampled);
  World all(1);
  CHECK_FALSE(all.tracer->child_of(strangers(false)).sampled);
  CHECK(all.tracer->beside(strangers(false)).sampled);
}

TEST_CASE("what is not sampled is not kept, and neither is what belongs to it") {
  World w(0);
  {
    Work outer(&*w.tracer, SpanKind::internal, "a", "b");
    const Work inner(&*w.tracer, SpanKind::internal, "c", "d");
    CHECK(inner.context().trace == outer.context().trace);
    CHECK(traceparent(inner.context()).ends_with("-00"));
  }
  CHECK(w.tracer->waiting() == 0);
  CHECK(w.dropped.empty());
}

TEST_CASE("spans are told as OTLP has them in JSON") {
  World w;
  Span span;
  span.context = strangers(true);
  span.parent = strangers(true).span;
  span.parent_remote = true;
  span.kind = SpanKind::server;
  span.name = "GET /a\"b\n";
  span.start = Time{1'700'000'000'000'001};
  span.end = Time{1'700'000'000'000'009};
  span.attributes = {{"text", std::string("</script>\x01")}, {"number", std::int64_t{1} << 62}};
  span.failed = true;
  const auto text = otlp_json({"svc", "1.2", "id"}, std::vector<Span>{span, span});
  const auto tree = parse_json(text);
  REQUIRE_MESSAGE(tree, text);
  const Json& group = tree->at("resourceSpans").as_array()[0];
  CHECK(group.at("resource", "attributes").as_array()[0].text("value", "stringValue") == "svc");
  const auto& spans = group.at("scopeSpans").as_array()[0].at("spans").as_array();
  REQUIRE(spans.size() == 2);
  const Json& one = spans[0];
  CHECK(one.text("traceId") == "0af7651916cd43dd8448eb211c80319c");
  CHECK(one.text("parentSpanId") == "b7ad6b7169203331");
  CHECK(one.text("name") == span.name);
  CHECK(one.integer_or(0, "kind") == 2);
  CHECK(one.integer_or(0, "flags") == 0x301);
  CHECK(one.text("startTimeUnixNano") == "1700000000000001000");
  CHECK(one.text("endTimeUnixNano") == "1700000000000009000");
  CHECK(one.at("attributes").as_array()[0].text("value", "stringValue") == "</script>\x01");
  CHECK(one.at("attributes").as_array()[1].text("value", "intValue") == "4611686018427387904");
  CHECK(one.integer_or(0, "status", "code") == 2);
}

TEST_CASE("what a collector did not take is read from its answer") {
  CHECK(rejected_spans("") == 0);
  CHECK(rejected_spans("{}") == 0);
  CHECK(rejected_spans("no json") == 0);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"x"}})") == 3);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":4}})") == 4);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"-4"}})") == 0);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"x"}})") == 0);
}
