// sandboxes KUBECONFIG [COUNT]: new sandboxes to Ready on an API server through the database, sync
// and operator, beside a plain loop that does the same writes with the same client.
#include <atomic>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/installation.hpp"
#include "kube/https/cluster.hpp"
#include "runtime/loop.hpp"

namespace ks::bench {

namespace {

constexpr std::size_t kAtOnce = 16;

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// The same writes for a sandbox of another name; identities that the cluster gave are its own.
void repeat(kube::Cluster& cluster, const std::vector<Write>& writes, const std::string& name,
            const std::string& other) {
  std::map<std::string, std::string> uids;
  for (const Write& write : writes) {
    std::string text = write.object.dump();
    replace_all(text, name, other);
    for (const auto& [old_uid, uid] : uids) replace_all(text, old_uid, uid);
    const Json object = must(parse_json(text));
    kube::ApplyOptions options = write.options;
    options.resource_version.clear();
    if (const auto known = uids.find(options.uid); known != uids.end()) options.uid = known->second;
    const auto done = write.create ? cluster.create(write.kind, object)
                                   : cluster.apply(write.kind, object, options);
    if (!done)
      give_up(fmt::format("plain loop, {}: {} {}", write.kind.plural, done.error().status,
                          done.error().message));
    uids[write.uid] = done->at("metadata").text("uid");
  }
}

double plain(kube::Cluster& cluster, const std::map<std::string, std::vector<Write>>& writes,
             const Clock& clock) {
  std::vector<std::pair<std::string, std::vector<Write>>> work(writes.begin(), writes.end());
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> left = kAtOnce;
  runtime::Event ended;
  runtime::LoopGroup loops(1);
  const Time before = clock.monotonic();
  for (std::size_t i = 0; i < kAtOnce; ++i)
    loops.at(0).spawn([&] {
      for (std::size_t at; (at = next++) < work.size();) {
        std::string other = work[at].first;
        other.replace(0, 3, "pln");
        repeat(cluster, work[at].second, work[at].first, other);
      }
      if (--left == 0) ended.set();
    });
  ended.wait();
  return seconds_since(clock, before);
}

}  // namespace

int run(const std::string& kubeconfig, std::size_t count) {
  auto cluster =
      must(kube::https::HttpsCluster::make(must(kube::https::load_kubeconfig(kubeconfig)), {}));
  Installation installation(*cluster, Keep::writes);
  // Connections, code paths of the API server.
  installation.to_ready(5);
  const double product = installation.to_ready(count);
  const auto writes = installation.recording().writes();
  installation.stop();
  std::size_t calls = 0;
  for (const auto& [sandbox, list] : writes) calls += list.size();
  const double loop = plain(*cluster, writes, installation.clock());
  fmt::print("{} sandboxes, {} writes: to Ready {:.2f} s, plain loop {:.2f} s, ratio {:.2f}\n",
             count, calls, product, loop, loop / product);
  return 0;
}

}  // namespace ks::bench

int main(int argc, char** argv) {
  std::size_t count = 100;
  if (argc == 3) {
    const std::string_view text(argv[2]);
    std::from_chars(text.data(), text.data() + text.size(), count);
  }
  if (argc < 2 || argc > 3 || count == 0) {
    fmt::print(stderr, "sandboxes KUBECONFIG [COUNT]\n");
    return 2;
  }
  return ks::bench::run(argv[1], count);
}
