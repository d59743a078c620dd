#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "main/program.hpp"
#include "store/transaction.hpp"
#include "tests/api/contract.hpp"

namespace ks::api_test {

class Person;

// The system's time, and what a test adds to it.
class ShiftedClock final : public Clock {
 public:
  Time now() const override { return system_.now() + Duration{added_.load()}; }
  Time monotonic() const override { return system_.monotonic() + Duration{added_.load()}; }
  void advance(Duration d) { added_ += d.us; }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> added_{0};
};

struct ServerOptions {
  std::map<std::string, std::string> settings;  // Over those of the tests.
  bool access_log = false;
  const Clock* clock = nullptr;      // In place of the system's; outlives the server.
  kube::Cluster* cluster = nullptr;  // In place of the simulated one; outlives the server.
};

// The whole program on SQLite in a folder of its own and on the simulated cluster.
class Server {
 public:
  explicit Server(const ServerOptions& options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return program_->port(); }
  Program& program() { return *program_; }
  Contract& contract() { return *contract_; }
  ShiftedClock& clock() { return clock_; }
  const std::string& dsn() const { return config_.database_dsn; }

  // Each comes from a network address of its own.
  Person nobody();
  // Signed up, with an organization and its team `default`.
  Person somebody(const std::string& name = "Ann");
  Person administrator();
  // Until everything works that /readyz asks about: the operator leads a moment after the first
  // answer.
  void wait_until_ready() const;
  // Puts a person's organization on another plan.
  void raise(const Person& person, const std::string& plan);
  // Gives `guest` a role in the host's organization and, unless it is empty, in the host's team, in
  // the database itself.
  void admit(const Person& host, Person& guest, const std::string& org_role,
             const std::string& team_role);
  // The organization's feed goes on as if so many changes had been and were forgotten.
  void pass_over(const Person& person, std::int64_t changes);
  // A token of that person's organization's invitation, in place of the one that was mailed.
  std::string token_of(const Person& person, const std::string& invitation);
  // Changes the database, beside the server.
  void execute(const std::string& statement);
  // Makes `who` a member of the owner's organization, beside the server, as an accepted invitation
  // would; what `who` calls org from here on is that organization. Team roles by slug.
  void join(const Person& owner, Person& who, const std::string& org_role = "org_member",
            const std::map<std::string, std::string>& teams = {});
  // Sees every request of a person before it leaves; none unless a test puts one there.
  std::function<void(Request&)> amend;
  // Somebody who signed up and joined.
  Person colleague(const Person& owner, const std::string& name,
                   const std::string& org_role = "org_member",
                   const std::map<std::string, std::string>& teams = {});

 private:
  std::unique_ptr<Database> visit();
  std::filesystem::path folder_;
  ShiftedClock clock_;
  SystemRandom random_;
  Config config_;
  std::unique_ptr<Program> program_;
  std::unique_ptr<Contract> contract_;
  std::unique_ptr<Person> administrator_;
  int people_ = 0;
};

inline constexpr const char* kPassword = "an uncommon pass phrase";

// A client with a session. Every reply is held against the contract.
class Person {
 public:
  Person(Server& server, std::string address) : server_(&server), address_(std::move(address)) {}

  Reply call(Request request);
  Reply get(const std::string& target, Fields headers = {});
  Reply post(const std::string& target, const Json& body, Fields headers = {});
  // A POST without a body.
  Reply poke(const std::string& target, Fields headers = {});
  Reply put(const std::string& target, const Json& body, Fields headers = {});
  Reply patch(const std::string& target, const Json& body, Fields headers = {});
  Reply del(const std::string& target, Fields headers = {});
  std::unique_ptr<EventStream> stream(const std::string& target, Fields headers = {});
  // A request whose head says that so many bytes follow, and none does.
  std::unique_ptr<HeldBody> hold(const std::string& method, const std::string& target,
                                 std::size_t length);

  // A deployment from an image; fails the test unless it is made.
  Json deploy(const std::string& name, const Json& more = Json::object());
  // Follows the deployment until its phase is this, or "" for gone.
  Json wait_for(const std::string& deployment, const std::string& phase);

  std::string org_path() const { return "/api/v1/orgs/" + org; }
  std::string team_path() const { return org_path() + "/teams/" + team; }
  std::string deployments_path() const { return team_path() + "/deployments"; }
  std::string deployment_path(const std::string& name) const {
    return deployments_path() + "/" + name;
  }
  // Used of a feature of the organization.
  std::int64_t used(const std::string& feature);

  std::string email;
  std::string id;      // Of the account.
  std::string cookie;  // "session=..."; empty when signed out.
  std::string org, org_id, team = "default", team_id;

 private:
  Fields headers_with(Fields more) const;
  Server* server_;
  std::string address_;
};

// The pattern of a route with these in place of its {names}.
std::string filled(std::string pattern, const std::string& org, const std::string& team = "default",
                   const std::string& deployment = "web");

Json image_body(const std::string& name, const Json& more = Json::object());

}  // namespace ks::api_test
