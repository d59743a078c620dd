#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/invitations/answer.hpp"
#include "app/stores.hpp"
#include "base/random.hpp"
#include "domain/mail/draft.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "tests/store/engines.hpp"

// People and organizations on a database of either engine, served by one process or by two.
namespace ks::people_test {

// What a request was answered with: "" for done, else the problem.
using Outcome = std::string;

template <class T>
Outcome outcome_of(const Result<T>& result) {
  return result ? "" : result.error().problem;
}

class World {
 public:
  explicit World(test::EngineCase& engine, std::uint64_t seed = 1);

  struct Person {
    UserId id;
    std::string name;
    std::string email;
    std::string token;
  };
  const Person& add_person(const std::string& name);
  // Everybody signs in again.
  void renew_sessions();
  // The person's organization on the plan business.
  OrgId found(const Person& owner, const std::string& name);
  // Another limit of seats than the plan's.
  void set_seats(const OrgId& org, std::int64_t seats);

  void set_state(const OrgId& org, const std::string& state);

  using Act = std::function<Result<void>(Tx&, const TenantScope&)>;
  // A request of that person, writing: not_found for who is no member.
  Outcome write(const Person& who, const OrgId& org, const Act& act, std::size_t process = 0);
  // The same in an organization of theirs that is being deleted.
  Outcome end_of(const Person& who, const OrgId& org, const Act& act);
  // As an administrator of the platform, from above it.
  Outcome administer(const OrgId& org, const Act& act, std::size_t process = 0);
  // Reading, from rights in memory as long as they hold.
  Outcome read(const Person& who, const OrgId& org, const Act& act, std::size_t process = 0);
  // As who holds the token of an invitation to the organization, signed in.
  using Answer = std::function<Result<void>(Tx&, const TenantScope& invited, const app::Guest&)>;
  Outcome answer(const Person& who, const OrgId& org, const Answer& act, std::size_t process = 0);
  // By who holds a link and is not signed in.
  Outcome answer_as_nobody(const OrgId& org,
                           const std::function<Result<void>(Tx&, const TenantScope&)>& act);
  // The token in the newest mail to this address that has not left.
  std::optional<std::string> mailed_token(const std::string& address);
  // Mails that have not left, oldest first: "team_added ann@example.com".
  std::vector<std::string> mails();
  std::vector<AddressedDraft> waiting();

  // What the audit log has of things of this kind, oldest first: the details.
  std::vector<std::string> audited(const std::string& target_kind);

  // What the person is told to belong to.
  std::vector<Membership> memberships(const Person& who, std::size_t process = 0);

  app::Stores stores() { return stores_.for_app(outbox_, engine_.clock(), random_); }
  test::EngineCase& engine() { return engine_; }
  Database& database() { return engine_.database(); }
  // A second process's; where there is none, the same.
  Database& another() { return other_ ? *other_ : database(); }
  std::size_t processes() const { return gates_.size(); }
  SeededRandom& random() { return random_; }
  ClientScope client() const;

 private:
  enum class Rank { person, platform_admin };
  Person& add(const std::string& name, Rank rank);
  void sign_in(Person& person);
  Database& database(std::size_t process) { return process == 0 ? database() : *other_; }
  Outcome with_caller(const Person& who, std::size_t process,
                      const std::function<Result<void>(Tx&, const Caller&)>& act);

  test::EngineCase& engine_;
  SeededRandom random_;
  SqlStores stores_;
  mail::SealedOutbox outbox_;
  std::unique_ptr<Database> other_;
  std::vector<std::unique_ptr<SessionGate>> gates_;
  std::vector<std::unique_ptr<Person>> people_;
  const Person* administrator_ = nullptr;
};

}  // namespace ks::people_test
