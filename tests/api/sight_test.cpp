// Which fields of which answers every kind of caller is shown: a table for people to review, and
// what no table may ever say.
#include "tests/api/sight.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "tests/audit/raw_sql.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

using Words = std::set<std::string>;

constexpr Duration kSoon = seconds(30);
constexpr const char* kGolden = "tests/api/sight.golden";

// What everybody without a session is shown, whatever it is that they came with.
constexpr const char* kNobody = "nobody";
const Words kLeaders = {"owner", "administrator"};

bool is_event(const Operation& op) { return op.id() == "streamEvents"; }
// What reads: besides GET, the look at an invitation, whose token is no part of an address.
bool reads(const Operation& op) { return op.method == "GET" || op.id() == "lookUpInvitation"; }

// What there is at one moment and not at another, by what the cluster is about: why a deployment is
// in its phase, and what a look at the isolation found of a sandbox that was there for it.
bool is_of_the_moment(const Operation& op, const std::string& place) {
  static const Words kLooks = {"/checked_at", "/items/-/pods", "/items/-/reached_by",
                               "/items/-/reaches"};
  if (kLooks.contains(place) || place.starts_with("/items/-/findings")) return true;
  static const Words kCauses = {"/reason",
                                "/message",
                                "/items/-/reason",
                                "/items/-/message",
                                "/deployment.updated/reason",
                                "/deployment.updated/message"};
  const Words of = {"getDeployment", "listDeployments", "streamEvents"};
  return of.contains(op.id()) && kCauses.contains(place);
}

// The query that shows most.
std::string query_of(const Operation& op) {
  static const std::map<std::string, std::string> kQueries = {
      {"listInvitations", "?state=all"},
      {"exportAccess", "?format=ndjson"},
      {"exportTeamAccess", "?format=ndjson"},
      {"exportAudit", "?format=ndjson"}};
  const auto at = kQueries.find(op.id());
  return at == kQueries.end() ? MatrixWorld::query(op) : at->second;
}

// Whose eyes a place is for, by what it is called at its end, wherever it stands.
struct Closed {
  std::string ending;
  Words open_to;
};
const std::vector<Closed>& closed_places() {
  static const Words kManagers = {"owner", "administrator", "team administrator"};
  static const Words kPlatform = {"platform administrator"};
  static const std::vector<Closed> kClosed = {
      // Whether and why a mail has not arrived: of those who invite.
      {"/delivery",
       {"owner", "administrator", "team administrator", "administrator of another team"}},
      // When somebody was last here: of those who look after them.
      {"/last_active", kManagers},
      {"/granted_by", kManagers},
      {"/address_hash", kLeaders},
      {"/mac", kLeaders},
      {"/detail", kLeaders},
      {"/findings", {"owner", "administrator", "platform administrator"}},
      {"/client_id", kPlatform},
      {"/owner/email", kPlatform},
      {"/owner/id", kPlatform},
  };
  return kClosed;
}

struct Watched : MatrixWorld {
  Watched() { server.wait_until_ready(); }

  std::vector<std::string> kinds() const {
    std::vector<std::string> out;
    for (const Visitor& visitor : visitors)
      if (visitor.signed_in || visitor.kind == kNobody) out.push_back(visitor.kind);
    return out;
  }
  const Operation& operation(const std::string& id) {
    for (const Operation& op : server.contract().operations())
      if (op.id() == id) return op;
    FAIL("no operation " << id);
    return server.contract().operations().front();
  }
  Visitor& visitor(const std::string& kind) {
    return *std::ranges::find(visitors, kind, &Visitor::kind);
  }

  // As much to see as there can be.
  void furnish() {
    ann.deploy(
        "web",
        *parse_json(R"({"env":{"GREETING":"hello"},"autoscale":{"min":1,"max":1,"cpu":70}})"));
    ann.deploy("two", *parse_json(R"({"replicas":2})"));
    REQUIRE(ann.post(ann.deployments_path(),
                     *parse_json(R"({"name":"served","template":"nginx","inputs":{}})"))
                .status == 201);
    for (const char* name : {"web", "two", "served"}) ann.wait_for(name, "Ready");
    for (const char* id : {"getInvitation", "listOwnershipOffers", "acceptOwnership", "getReview"})
      names_of(operation(id), ann);
    // A review that is over, with a right that was confirmed, and one that is open.
    const Operation& decide = operation("decideRight");
    const Names names = names_of(decide, ann);
    REQUIRE(ask(decide, visitor("owner"), names, ann).status == 200);
    REQUIRE(ann.poke(ann.org_path() + "/access-reviews/" + names.at("review") + "/finish").status ==
            200);
    const Names open = names_of(decide, ann);
    REQUIRE(ask(decide, visitor("owner"), open, ann).status == 200);
    // And one of the team alone.
    REQUIRE(ann.poke(ann.team_path() + "/access-review").status == 201);
    // While there is everything.
    for (const Operation& op : server.contract().operations())
      if (reads(op)) names_.emplace(op.id(), names_of(op, ann));
    invitation_ = names_.at("getInvitation").at("invitation");
    token_ = server.token_of(ann, invitation_);
  }

  // The addresses that somebody may be shown of whoever is not they.
  Words may_know(const Visitor& visitor, const Operation& op) {
    const test::RawSql raw(server.dsn());
    const auto all = [&](const std::string& sql) {
      const auto rows = raw.run(sql);
      return Words(rows.begin(), rows.end());
    };
    const std::string people =
        "SELECT u.email FROM org_members AS m JOIN users AS u ON u.client_id = m.client_id AND "
        "u.id = m.user_id WHERE m.org_id = '" +
        ann.org_id + "'";
    const std::string of_team = people +
                                " AND m.user_id IN (SELECT t.user_id FROM team_members AS t "
                                "WHERE t.team_id = '" +
                                ann.team_id + "')";
    const std::string invited = "SELECT email FROM invitations WHERE org_id = '" + ann.org_id + "'";
    // Who holds the link came by that mailbox, or is told no more of it.
    if (op.id() == "lookUpInvitation")
      return visitor.signed_in ? Words{} : all(invited + " AND id = '" + invitation_ + "'");
    // Their log and their reviews say by the address whom they removed not long ago.
    if (kLeaders.contains(visitor.kind))
      return all(
          people + " UNION " + invited +
          (op.id().ends_with("Audit") || op.id() == "listReviewRows"
               ? " UNION SELECT email FROM former_members WHERE org_id = '" + ann.org_id + "'"
               : ""));
    if (visitor.kind == "team administrator")
      return all(
          (op.id() == "listTeamCandidates" ? people : of_team) + " UNION " + invited +
          " AND id IN (SELECT p.invitation_id FROM invitation_teams AS p WHERE p.team_id = '" +
          ann.team_id + "')");
    if (visitor.kind == "developer" || visitor.kind == "viewer") return all(of_team);
    if (visitor.kind == "platform administrator" && op.id() == "listAllOrganizations")
      return all(
          "SELECT u.email FROM org_members AS m JOIN users AS u ON u.client_id = m.client_id AND "
          "u.id = m.user_id WHERE m.role = 'org_owner'");
    return {};
  }

  // What no answer has, whoever asks: of each text where it stands.
  void check_texts(const Operation& op, Visitor& visitor, const Json& answer) {
    const Words known = may_know(visitor, op);
    const std::string session = visitor.person.cookie.substr(visitor.person.cookie.find('=') + 1);
    for (const auto& [at, text] : texts_in(answer)) {
      CAPTURE(at);
      for (const std::string& address : addresses_)
        if (text.find(address) != std::string::npos && address != visitor.person.email)
          CHECK_MESSAGE(known.contains(address), "is shown ", address);
      for (const std::string& secret : secrets_) CHECK(text.find(secret) == std::string::npos);
      if (!session.empty()) CHECK(text.find(session) == std::string::npos);
    }
  }

  void look(const Operation& op, Visitor& visitor) {
    CAPTURE(op.id());
    CAPTURE(visitor.kind);
    const std::string target = path(op, names_.at(op.id())) + query_of(op);
    const bool looks_up = op.id() == "lookUpInvitation";
    Person copy = visitor.person;
    const Reply reply =
        looks_up ? copy.post(target, Json::object({{"token", token_}})) : copy.get(target);
    std::vector<std::string> known = places(server.contract(), op);
    std::erase_if(known, [&](const std::string& place) { return is_of_the_moment(op, place); });
    Words filled;
    const auto type = reply.header("content-type").value_or("");
    if (type == "application/x-ndjson") {
      std::istringstream lines(reply.body);
      for (std::string line; std::getline(lines, line);) {
        const auto row = parse_json(line);
        REQUIRE(row);
        // The contract knows no shape of it: what is there is what is known.
        for (const std::string& place : own_places(*row)) filled.insert(place);
        check_texts(op, visitor, *row);
      }
      known.assign(filled.begin(), filled.end());
    } else if (type.starts_with("application/json") && op.id() != "getContract") {
      const Json answer = reply.json();
      filled = filled_places(known, answer);
      check_texts(op, visitor, answer);
    }
    sight_.saw(op, visitor.kind, reply, known, filled);
  }

  void look_at_all() {
    recollect();
    for (const Operation& op : server.contract().operations()) {
      if (!reads(op) || is_event(op)) continue;
      for (Visitor& visitor : visitors) look(op, visitor);
    }
  }

  // What comes by itself to who listens.
  void listen() {
    const Operation& op = operation("streamEvents");
    const Json& events =
        op.json->at("responses", "200", "content", "text/event-stream", "x-events");
    std::vector<std::string> known;
    for (const auto& [name, schema] : events.members()) {
      known.push_back("/" + name);
      for (const std::string& place : places(server.contract(), schema))
        if (!is_of_the_moment(op, "/" + name + place)) known.push_back("/" + name + place);
    }
    std::map<std::string, std::unique_ptr<EventStream>> streams;
    for (Visitor& visitor : visitors) {
      auto stream = visitor.person.stream(path(op, names_.at(op.id())));
      const Reply head = stream->head();
      sight_.saw(op, visitor.kind, head, known, {});
      if (head.status != 200) continue;
      REQUIRE(stream->opened(kSoon));
      streams.emplace(visitor.kind, std::move(stream));
    }
    REQUIRE(
        ann.patch(ann.org_path() + "/invitations/" + invitation_, Json::object({{"locale", "de"}}))
            .status == 200);
    REQUIRE(
        ann.patch(ann.deployment_path("web"), *parse_json(R"({"env":{"GREETING":"hi"}})")).status ==
        200);
    for (auto& [kind, stream] : streams) {
      Visitor& listening = visitor(kind);
      const bool sees =
          policy::allows_on_team(listening.standing, team(), Action::deployments_read);
      // Who sees nothing hears nothing before the stream ends with the session.
      if (!sees) end_session(listening);
      while (const auto event = stream->next(kSoon)) {
        const auto data = parse_json(event->data);
        REQUIRE(data);
        Json told = Json::object();
        told.set(event->name, *data);
        check_texts(op, listening, told);
        Reply heard = stream->head();
        sight_.saw(op, kind, heard, known, filled_places(known, told));
        if (sees && data->text("env", "GREETING") == "hi") break;
      }
      sign_in_again(listening);
    }
  }

  void check_rules() {
    for (const Operation& op : server.contract().operations()) {
      if (!reads(op)) continue;
      CAPTURE(op.id());
      for (const Visitor& visitor : visitors) {
        CAPTURE(visitor.kind);
        const Words& shown = sight_.of(op.id(), visitor.kind);
        if (!visitor.signed_in) CHECK(shown == sight_.of(op.id(), kNobody));
        for (const std::string& place : shown) {
          CAPTURE(place);
          for (const Closed& closed : closed_places())
            if (place.ends_with(closed.ending)) CHECK(closed.open_to.contains(visitor.kind));
          const std::string last = place.substr(place.rfind('/') + 1);
          for (const char* word : {"password", "token", "cookie", "sealed", "salt"})
            CHECK(last.find(word) == std::string::npos);
        }
      }
    }
  }

  std::string table() const { return sight_.text(); }

  void end_session(Visitor& visitor) {
    server.execute("DELETE FROM sessions WHERE token_hash = '" + hash_of(visitor.person.cookie) +
                   "'");
  }

 private:
  static std::string hash_of(const std::string& cookie) {
    return hex(sha256(cookie.substr(cookie.find('=') + 1)));
  }
  static Words own_places(const Json& row) {
    Words out;
    const std::function<void(const Json&, const std::string&)> walk = [&](const Json& value,
                                                                          const std::string& at) {
      if (!value.is_object()) return;
      for (const auto& [name, member] : value.members()) {
        if (member.is_null()) continue;
        // By the ids that the row names.
        if (at == "/names") {
          out.insert(at + "/*");
          continue;
        }
        out.insert(at + "/" + name);
        // What is told of a deed has names of its own.
        if (name != "detail") walk(member, at + "/" + name);
      }
    };
    walk(row, "");
    return out;
  }
  void recollect() {
    const test::RawSql raw(server.dsn());
    for (const std::string& address :
         raw.run("SELECT email FROM users UNION SELECT email FROM invitations"))
      addresses_.insert(address);
    for (const std::string& secret :
         raw.run("SELECT token_hash FROM sessions UNION SELECT password_hash FROM users "
                 "UNION SELECT token_hash FROM invitations"))
      if (!secret.empty()) secrets_.insert(secret);
  }

  Sight sight_{kinds()};
  Words addresses_, secrets_;
  std::map<std::string, Names> names_;  // By operation.
  std::string invitation_, token_;
};

std::string golden_path() {
  const char* root = std::getenv("KS_SOURCE_DIR");
  REQUIRE(root != nullptr);
  return std::string(root) + "/" + kGolden;
}

// KS_RIGHTS_WRITE=1 writes it instead, to be reviewed as a difference.
void check_golden(const std::string& now) {
  if (const char* write = std::getenv("KS_RIGHTS_WRITE"); write != nullptr && *write == '1')
    std::ofstream(golden_path()) << now;
  std::ifstream file(golden_path());
  std::stringstream text;
  text << file.rdbuf();
  if (text.str() != now) MESSAGE("it is now:\n" << now);
  CHECK(text.str() == now);
}

}  // namespace

TEST_CASE_FIXTURE(Watched, "the fields that each kind of caller is shown are the reviewed ones") {
  furnish();
  look_at_all();
  listen();
  // As it is seen while it is suspended, and by its owner on its way out.
  const std::string suspension = "/api/v1/platform/orgs/" + ann.org + "/suspension";
  Visitor& root = visitor("platform administrator");
  REQUIRE(root.person.put(suspension, Json::object({{"reason", "Unpaid."}})).status == 200);
  look_at_all();
  REQUIRE(root.person.del(suspension).status == 200);
  check_rules();
  check_golden(table());
}
