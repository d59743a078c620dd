#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"

// What the files that write admission policies share. Expressions are CEL, as Kubernetes 1.30 has
// it: with `.?` for what may be absent.
namespace ks::op {

// Who is believed, by the names that the API server knows them by.
struct Trusted {
  std::vector<std::string> ours;     // Our own accounts.
  std::vector<std::string> backups;  // Accounts that put back what was there.
  // Whoever is in this group mends by hand, and the API server's audit log says so; empty: nobody.
  std::string break_glass;
};

struct AdmissionPolicy {
  std::string name;
  std::vector<Json> rules;
  // By name; it is about requests for which all of them hold.
  std::vector<std::pair<std::string, std::string>> conditions;
  // What must hold, with the message where it does not.
  std::vector<std::pair<std::string, std::string>> validations;
  // Lets it through all the same, but says so: to whoever asked, and in the audit log.
  bool only_told = false;
};

// The policy and its binding.
void add(std::vector<Json>& out, const AdmissionPolicy& policy);

Json admission_rule(const char* group, std::initializer_list<const char*> resources,
                    const char* scope,
                    std::initializer_list<const char*> operations = {"CREATE", "UPDATE", "DELETE"});

// Whether a namespace carries a claim. Only who creates it through us gives it one; what it says is
// compared with the database by whoever works in it.
std::string claimed(const std::string& object);
// Whether the request is of one of these accounts; of somebody in one of these groups.
std::string among(const std::vector<std::string>& accounts);
std::string in_groups(const std::vector<std::string>& groups);

}  // namespace ks::op
