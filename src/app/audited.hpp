#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "domain/deployment/workload.hpp"
#include "store/deployments.hpp"
#include "store/invitations.hpp"
#include "store/journal.hpp"
#include "store/organizations.hpp"
#include "store/teams.hpp"

namespace ks::app {

// What the audit log tells of a thing: its fields by name, in the order of their names. This is the
// one place that decides, for each noun, what of it enters the log in clear, masked or hashed.
class Facts {
 public:
  // In clear.
  Facts& tell(std::string name, Json value);
  // A value that may be a secret: the log tells that it is there and that it changed.
  Facts& mask(std::string name, std::string_view value);
  // A value that may tell who somebody is: the log keeps a hash.
  Facts& hash(std::string name, std::string_view value);

  struct Fact {
    enum class Form { clear, masked, hashed } form;
    Json value;
    friend bool operator==(const Fact&, const Fact&) = default;
  };
  const std::map<std::string, Fact, std::less<>>& all() const { return all_; }
  friend bool operator==(const Facts&, const Facts&) = default;

 private:
  Facts& add(Fact::Form form, std::string name, Json value);
  std::map<std::string, Fact, std::less<>> all_;
};

Facts facts(const Organization&);
Facts facts(const NewOrganization&);
Facts facts(const TeamRow&);
Facts facts(std::string_view name, std::string_view template_name, const Workload&);
Facts facts(const DeploymentRow&);
Facts facts(const Invitation&);

// Which thing a deed is on.
struct Thing {
  std::string_view kind;
  std::string id;
};

// {"after":{...}}
Deed created(Action, Thing, const Facts& after);
// {"before":{...}}
Deed removed(Action, Thing, const Facts& before);
// {"before":{...},"after":{...}} with what differs only.
Deed changed(Action, Thing, const Facts& before, const Facts& after);

}  // namespace ks::app
