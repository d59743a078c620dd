#include "kube/traced.hpp"

#include <string>
#include <utility>

namespace ks::kube {

namespace {

std::string resource_of(const Kind& kind) {
  return kind.group.empty() ? kind.plural : kind.plural + "." + kind.group;
}

// `method` is what the verb is in HTTP. The reason of an error is one of Kubernetes' own words from
// a real server only if nobody has changed it on its way, so the status alone is told.
template <class Call>
auto traced(trace::Tracer& tracer, std::string_view verb, const char* method, const Kind& kind,
            Call call) {
  if (trace::current() == nullptr) return call();
  trace::Work work(&tracer, trace::SpanKind::client, verb, kind.plural);
  auto out = call();
  if (!work.kept()) return out;
  work.set("http.request.method", std::string(method));
  work.set("k8s_scheduler.kubernetes.verb", std::string(verb));
  work.set("k8s_scheduler.kubernetes.resource", resource_of(kind));
  const int status = out ? work.http_status : out.error().status;
  if (status != 0) work.set("http.response.status_code", std::int64_t{status});
  // That something is not there is what a look is for.
  if (out || (verb == "get" && status == 404)) return out;
  work.set("error.type", status != 0 ? std::to_string(status) : std::string("no_answer"));
  work.fail();
  return out;
}

}  // namespace

KubeResult<Json> TracedCluster::get(const Ref& ref) {
  return traced(tracer_, "get", "GET", ref.kind, [&] { return cluster_.get(ref); });
}
KubeResult<ListPage> TracedCluster::list(const Kind& kind, const ListOptions& options) {
  return traced(tracer_, "list", "GET", kind, [&] { return cluster_.list(kind, options); });
}
KubeResult<std::unique_ptr<Watch>> TracedCluster::watch(const Kind& kind,
                                                        const WatchOptions& options) {
  return traced(tracer_, "watch", "GET", kind, [&] { return cluster_.watch(kind, options); });
}
KubeResult<Json> TracedCluster::create(const Kind& kind, const Json& object) {
  return traced(tracer_, "create", "POST", kind, [&] { return cluster_.create(kind, object); });
}
KubeResult<Json> TracedCluster::apply(const Kind& kind, const Json& object,
                                      const ApplyOptions& options) {
  return traced(tracer_, "apply", "PATCH", kind,
                [&] { return cluster_.apply(kind, object, options); });
}
KubeResult<void> TracedCluster::remove(const Ref& ref, const DeleteOptions& options) {
  return traced(tracer_, "delete", "DELETE", ref.kind,
                [&] { return cluster_.remove(ref, options); });
}

}  // namespace ks::kube
