#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/api/audit_rows.hpp"
#include "tests/api/request_shape.hpp"

namespace ks::api_test {

// Whose an identifier is.
enum class Whose { none, own, foreign, client, deleted };
std::string_view name(Whose whose);

struct Candidate {
  Whose whose;
  // Id, slug, address, token: what does not exist is compared in the same form.
  std::string form;
  std::string value;
};

// Identifiers of every noun that a request can refer to: of nothing, of another organization of the
// same client, of another client, and of what is no more.
class ReferencesWorld {
 public:
  ReferencesWorld();

  Server server;
  // Of another organization, and of another client.
  Person foreign, elsewhere;

  // To be sent by `owner` (nullptr for who acts in no organization) in place of one of `noun`.
  // Fails the test for a noun that nothing is known of.
  std::vector<Candidate> candidates(const std::string& noun, Person* owner);
  // What must occur in no row that a request of somebody else changes.
  std::vector<std::string> marks() const;

 private:
  using Made = std::vector<Candidate>;
  Made teams(Person* owner);
  Made people(Person* owner);
  Made addresses(Person* owner);
  Made organizations();
  Made deployments(Person* owner);
  Made invitation_tokens();
  Made links();
  // Moves all that is of that person and of the person's organization to the other client.
  void move_to_other_client(Person& person);

  std::string foreign_team_, elsewhere_team_;
  std::string elsewhere_token_, revoked_token_;
  std::vector<std::string> elsewhere_links_;
  // What nothing is called, each time another.
  std::string free_name() { return "free-name-" + std::to_string(++made_); }

  int made_ = 0;
  std::string ended_;  // Slug of an organization that is being deleted.
};

}  // namespace ks::api_test
