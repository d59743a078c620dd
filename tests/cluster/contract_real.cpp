#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.hpp"
#include "kube/https/cluster.hpp"
#include "runtime/loop.hpp"
#include "tests/cluster/contract.hpp"

namespace ks::contract {

namespace {

// The program that starts a cluster for these tests, and ends it with them.
class Keeper {
 public:
  explicit Keeper(const char* program) {
    int ends[2];
    KS_ASSERT(::pipe(ends) == 0);
    pid_ = ::fork();
    KS_ASSERT(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execl(program, program, "-with-parent", nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    out_ = ::fdopen(ends[0], "r");
  }
  ~Keeper() {
    signal(SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    std::fclose(out_);
  }
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  // The path that it prints once the cluster is ready; empty when it ends before.
  std::string kubeconfig() {
    char line[4096];
    while (std::fgets(line, sizeof line, out_) != nullptr) {
      const std::string_view text(line);
      if (text.starts_with("ready ")) return std::string(text.substr(6, text.find('\n') - 6));
    }
    return "";
  }

 private:
  pid_t pid_ = -1;
  std::FILE* out_ = nullptr;
};

class RealRig final : public Rig {
 public:
  RealRig(std::unique_ptr<kube::Cluster> cluster, std::unique_ptr<Keeper> keeper)
      : keeper_(std::move(keeper)), cluster_(std::move(cluster)) {
    SystemRandom random;
    run_ = random_suffix(random, 6);
  }
  kube::Cluster& cluster() override { return *cluster_; }
  bool until(const std::function<bool()>& done) override {
    const SystemClock clock;
    const Time latest = clock.monotonic() + seconds(60);
    while (!done()) {
      if (clock.monotonic() > latest) return false;
      // Another process works meanwhile; there is nothing of ours to wait for.
      runtime::sleep_for(milliseconds(20));
    }
    return true;
  }
  // A server that starts anew remembers events from then on. Its keeper stops it at SIGUSR1 and
  // starts it at SIGUSR2.
  bool forget_past() override {
    if (keeper_ == nullptr) return false;
    const auto up = [&] { return cluster_->list(kube::kinds::kNamespace, {}).has_value(); };
    keeper_->signal(SIGUSR1);
    if (!until([&] { return !up(); })) return false;
    keeper_->signal(SIGUSR2);
    return until(up);
  }
  std::string fresh_name(const char* stem) override {
    return fmt::format("{}-{}-{}", stem, run_, ++names_);
  }

 private:
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<kube::Cluster> cluster_;
  std::string run_;
  int names_ = 0;
};

const char* setting(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

bool have_cluster() { return setting("KS_TEST_KUBECONFIG") || setting("KS_LOCALCLUSTER"); }

std::unique_ptr<RealRig> connect() {
  if (!have_cluster()) return nullptr;
  std::unique_ptr<Keeper> keeper;
  std::string path;
  if (const char* given = setting("KS_TEST_KUBECONFIG")) {
    path = given;
  } else {
    keeper = std::make_unique<Keeper>(setting("KS_LOCALCLUSTER"));
    path = keeper->kubeconfig();
  }
  auto config = kube::https::load_kubeconfig(path);
  if (!config) FAIL("kubeconfig: " << config.error().message);
  kube::https::Options options;
  // The server sends a bookmark two seconds before a watch's time is up.
  options.watch_min = options.watch_max = seconds(8);
  options.answer_bytes_max = kAnswerBytesMax;
  auto cluster = kube::https::HttpsCluster::make(std::move(*config), options);
  if (!cluster) FAIL("cluster: " << cluster.error().message);
  return std::make_unique<RealRig>(std::move(*cluster), std::move(keeper));
}

}  // namespace

Rig* rig() {
  static const auto kRig = connect();
  return kRig.get();
}

TEST_CASE("there is a cluster where one is required") {
  if (have_cluster()) return;
  const char* required = setting("KS_REQUIRE_CLUSTER");
  if (required != nullptr && std::string_view(required) == "1")
    FAIL("KS_REQUIRE_CLUSTER is set, but neither KS_TEST_KUBECONFIG nor KS_LOCALCLUSTER");
  MESSAGE("no cluster: skipped");
}

}  // namespace ks::contract
