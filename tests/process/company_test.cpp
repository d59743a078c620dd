// A company of thirty from its founding on, as its people see it: through the API, and by mail.
#include <deque>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/process/installation.hpp"
#include "tests/process/mailboxes.hpp"

using namespace ks;
using namespace ks::test;
using ks::mail::test::SmtpSink;

namespace {

constexpr int kPeople = 30;
constexpr const char* kOrg = "/orgs/acme";
const std::vector<std::string> kTeams = {"design", "platform", "sales"};

// What somebody is in the company: a role in it, and roles in teams by slug.
struct Place {
  std::string role;
  std::map<std::string, std::string> teams = {};

  std::string text() const {
    std::string out = role;
    for (const auto& [team, in_team] : teams) out += " " + team + ":" + in_team;
    return out;
  }
  bool runs_all() const { return role != "org_member"; }
};

struct Somebody {
  std::string email;
  Place place;
  Person person;
  std::string token = {};  // Of the newest link that was mailed.
};

using Lines = std::set<std::string>;

void check_same(const std::string& what, const Lines& seen, const Lines& wanted) {
  for (const auto& line : wanted) CHECK_MESSAGE(seen.contains(line), what << " lacks " << line);
  for (const auto& line : seen) CHECK_MESSAGE(wanted.contains(line), what << " has " << line);
}

// Every role and every number of teams, of people with and without an account.
Place place_of(int number) {
  if (number % 10 == 0) return {"org_admin"};
  if (number % 10 == 5) return {"org_admin", {{"platform", "developer"}}};
  Place out{"org_member"};
  const char* const roles[] = {"viewer", "developer", "team_admin"};
  for (std::size_t team = 0; team < kTeams.size(); ++team)
    if ((static_cast<std::size_t>(number) >> team & 1U) != 0)
      out.teams[kTeams[team]] = roles[(static_cast<std::size_t>(number) + team) % 3];
  return out;
}
bool has_account(int number) { return number % 3 == 0; }

Json invitation(const std::string& email, const Place& place) {
  Json teams = Json::array();
  for (const auto& [team, role] : place.teams)
    teams.push(Json::object({{"team", team}, {"role", role}}));
  return Json::object({{"email", email}, {"org_role", place.role}, {"teams", std::move(teams)}});
}

Json with_token(const std::string& token) { return Json::object({{"token", token}}); }

// A company in an installation of its own that mails.
class Company {
 public:
  explicit Company(Installation& world) : world_(world) {
    mail_.serve(world);
    world.settings()["TRUSTED_PROXIES"] = "127.0.0.1/32";
    world.settings()["SIGNUP"] = "open";
    world.settings()["AUDIT_SINK"] = "file:" + world.folder() + "/heads.log";
    server_ = world.start();
    found();
    for (int i = 0; i < kPeople; ++i) {
      Somebody& who = somebody(fmt::format("p{:02}@example.com", i), place_of(i));
      if (has_account(i)) REQUIRE(who.person.sign_up(who.email).status == 201);
    }
  }

  void invite_everybody() {
    late_ = &somebody("late@example.com", {"org_member", {{"design", "viewer"}}});
    unwanted_ = &somebody("unwanted@example.com", {"org_admin"});
    extra_ = &somebody("extra@example.com", {"org_member", {{"sales", "developer"}}});
    // A seat for everybody but the last one.
    set_seats(static_cast<int>(people_.size()) - 1);
    Json list = Json::array();
    Lines results, wanted;
    for (const Somebody& who : people_) {
      if (&who == owner_) continue;
      list.push(invitation(who.email, who.place));
      wanted.insert(who.email + (&who == extra_ ? " seat_limit" : " invited"));
    }
    const Answer answer =
        owner_->person.post(path("/invitations"), Json::object({{"invitations", list}}));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    for (const Json& one : answer.json().at("results").as_array())
      results.insert(fmt::format("{} {}", one.text("email"), one.text("result")));
    check_same("the answer", results, wanted);
    for (Somebody& who : people_)
      if (&who != owner_ && &who != extra_) read_mail(who);
    CHECK(links(*extra_).empty());
  }

  void let_one_expire() {
    world_.execute("UPDATE invitations SET expires_at = 1 WHERE email = '" + late_->email + "'");
    const Answer refused = late_->person.join(late_->email, late_->token);
    CHECK(refused.status == 409);
    CHECK(refused.code() == "invitation_expired");
    CHECK(late_->person.login(late_->email).status == 401);
    CHECK(late_->person.post("/invitations/ask", with_token(late_->token)).status == 202);
    CHECK(is_told(*owner_, "late@example.com asks for a new invitation"));
  }

  void take_one_back() {
    CHECK(owner_->person.send("DELETE", invitation_path(*unwanted_)).status == 204);
    for (const char* use : {"/invitations/lookup", "/invitations/ask"})
      CHECK(unwanted_->person.post(use, with_token(unwanted_->token)).status == 404);
    CHECK(unwanted_->person.join(unwanted_->email, unwanted_->token).status == 404);
  }

  void send_one_again() {
    Somebody& who = people_[5];
    const std::string resend = invitation_path(who) + "/resend";
    CHECK(owner_->person.post(resend, Json()).status == 429);
    // As if a minute had passed.
    world_.execute("UPDATE invitations SET sent_at = sent_at - 61000000 WHERE email = '" +
                   who.email + "'");
    CHECK(owner_->person.post(resend, Json()).status == 200);
    const std::string old = who.token;
    read_mail(who, 2);
    CHECK(who.token != old);
    CHECK(who.person.post("/invitations/lookup", with_token(old)).status == 404);
    CHECK(who.person.join(who.email, old).status == 404);
  }

  // Each by the own link, twice; somebody else's link lets nobody in.
  void everybody_comes_in() {
    const Person& first = people_[1].person;
    const auto by_anothers = [&] {
      return first.post("/invitations/accept", with_token(people_[2].token));
    };
    CHECK(by_anothers().code() == "invitation_for_another");
    for (int i = 0; i < kPeople; ++i) come_in(people_[static_cast<std::size_t>(i) + 1], i);
    CHECK(by_anothers().status == 404);
  }

  // One rises and one falls, both from their next request on.
  void change_roles() {
    for (Somebody& who : people_) {
      if (&who == owner_ || !in_.contains(&who)) continue;
      const bool rises = !who.place.runs_all() && !changed_.contains("org_admin");
      const bool falls = who.place.runs_all() && !changed_.contains("org_member");
      if (!rises && !falls) continue;
      who.place.role = rises ? "org_admin" : "org_member";
      changed_.insert(who.place.role);
      const std::string id(who.person.get("/me").json().text("user", "id"));
      REQUIRE(
          owner_->person
              .send("PATCH", path("/members/" + id), Json::object({{"org_role", who.place.role}}))
              .status == 200);
    }
    CHECK(changed_.size() == 2);
  }

  void remove_one() {
    Somebody& who = people_[8];
    EventStream stream(server_->port(), "/api/v1" + path("/stream"), who.person.cookie_header());
    REQUIRE(stream.status() == 200);
    const std::string id(who.person.get("/me").json().text("user", "id"));
    REQUIRE(owner_->person.send("DELETE", path("/members/" + id)).status == 204);
    in_.erase(&who);
    CHECK(who.person.get(kOrg).status == 404);
    CHECK(stream.ends(seconds(5)));
    // The link that let them in does not again.
    CHECK(who.person.post("/invitations/accept", with_token(who.token)).status == 404);
    CHECK(is_told(who, "You are no longer in Acme"));
  }

  void pass_on_ownership() {
    Somebody& heir = people_[1];
    const Answer offer =
        owner_->person.post(path("/ownership-offers"), Json::object({{"user", heir.email}}));
    REQUIRE_MESSAGE(offer.status == 201, offer.body);
    CHECK(is_told(heir, "offers you the ownership of Acme"));
    const std::string accept =
        path("/ownership-offers/" + std::string(offer.json().text("id")) + "/accept");
    CHECK(people_[2].person.post(accept, Json()).status == 404);
    CHECK(heir.person.post(accept, Json()).status == 200);
    owner_->place.role = "org_admin";
    heir.place.role = "org_owner";
    for (const Somebody* who : {owner_, &heir}) CHECK(is_told(*who, "Acme has a new owner"));
    owner_ = &heir;
  }

  // Asked while there was a seat, and none is left when they come.
  void find_no_seat() {
    const Answer asked = owner_->person.post(
        path("/invitations"),
        Json::object({{"invitations", Json::array({invitation(extra_->email, extra_->place)})}}));
    REQUIRE(asked.json().at("results").as_array()[0].text("result") == "invited");
    read_mail(*extra_);
    const int members = static_cast<int>(in_.size());
    set_seats(members);
    const Answer refused = extra_->person.join(extra_->email, extra_->token);
    CHECK(refused.status == 403);
    CHECK(refused.code() == "plan_limit_reached");
    CHECK(refused.json().text("feature") == "members.max");
    CHECK(refused.json().integer_or(-1, "limit") == members);
    CHECK(refused.json().integer_or(-1, "used") == members);
    CHECK(extra_->person.login(extra_->email).status == 401);
    CHECK(is_told(*owner_, "Somebody could not join Acme"));
    check();
    set_seats(members + 1);
    CHECK(extra_->person.join(extra_->email, extra_->token).status == 201);
    in_.insert(extra_);
  }

  // Beside the running server: everything that was done is in the chains, as it was written.
  void verify_audit() const {
    const auto verified = world_.run({"audit", "verify"});
    CHECK_MESSAGE(verified.status == 0, verified.out, verified.err);
    CHECK(verified.out.find("nothing is wrong") != std::string::npos);
    world_.execute("UPDATE audit SET result = 'denied' WHERE action = 'members:manage'");
    CHECK(world_.run({"audit", "verify"}).status == 3);
  }

  // Members, teams, invitations, seats, and what each may see, in full.
  void check() {
    Lines wanted;
    for (const Somebody* who : in_) wanted.insert(who->email + " " + who->place.text());
    check_same("the list of members", members(), wanted);
    for (const std::string& team : kTeams) check_team(team);
    check_invitations();
    for (const Somebody& who : people_)
      if (!who.person.cookie().empty()) check_sight(who);
  }

 private:
  static std::string path(const std::string& rest) { return kOrg + rest; }

  Somebody& somebody(const std::string& email, Place place) {
    Person person(server_->port());
    person.from(fmt::format("10.1.0.{}", people_.size() + 1));
    return people_.emplace_back(Somebody{email, std::move(place), person});
  }

  // Ann's second organization; the first came with her account.
  void found() {
    const Person root = Installation::administrator(*server_);
    const auto raise = [&](const std::string& org) {
      CHECK(root.send("PUT", "/platform" + org + "/subscription",
                      Json::object({{"plan", "enterprise"}}))
                .status == 200);
    };
    Somebody& ann = somebody("ann@example.com", {"org_owner", {{"default", "team_admin"}}});
    REQUIRE(ann.person.sign_up(ann.email).status == 201);
    raise(ann.person.org());
    const Json acme = Json::object({{"name", "Acme"}, {"slug", "acme"}});
    REQUIRE(ann.person.post("/orgs", acme).status == 201);
    raise(kOrg);
    for (const std::string& team : kTeams)
      REQUIRE(ann.person.post(path("/teams"), Json::object({{"name", team}})).status == 201);
    owner_ = &ann;
    in_.insert(&ann);
  }

  // What was agreed for this organization beside its plan.
  void set_seats(int seats) {
    world_.execute(
        fmt::format("INSERT INTO entitlement_overrides (client_id, org_id, feature, value, "
                    "starts_at, ends_at, reason, by_user) SELECT client_id, id, 'members.max', "
                    "'{0}', 0, 0, 'test', id FROM organizations WHERE slug = 'acme' "
                    "ON CONFLICT (client_id, org_id, feature) DO UPDATE SET value = '{0}'",
                    seats));
  }

  void read_mail(Somebody& who, std::size_t mails = 1) const {
    REQUIRE(eventually(seconds(30), [&] { return links(who).size() >= mails; }));
    who.token = links(who).back();
  }
  std::vector<std::string> links(const Somebody& who) const {
    return mail_.tokens(who.email, "/invitation");
  }
  bool is_told(const Somebody& who, const std::string& words) const {
    return eventually(seconds(30), [&] { return mail_.has(who.email, words); });
  }

  std::string invitation_path(const Somebody& who) const {
    for (const Json& one : all_invitations())
      if (one.text("email") == who.email)
        return path("/invitations/" + std::string(one.text("id")));
    FAIL("no invitation for ", who.email);
    return {};
  }

  void come_in(Somebody& who, int number) {
    INFO(who.email);
    const Answer in = has_account(number)
                          ? who.person.post("/invitations/accept", with_token(who.token))
                          : who.person.join(who.email, who.token);
    REQUIRE_MESSAGE(in.status == (has_account(number) ? 200 : 201), in.body);
    in_.insert(&who);
    const Json joined = has_account(number) ? in.json() : in.json().at("joined");
    CHECK(joined.text("organization", "slug") == "acme");
    CHECK(joined.at("left_out").as_array().empty());
    const Answer again = who.person.post("/invitations/accept", with_token(who.token));
    CHECK(again.status == 200);
    CHECK(again.json() == joined);
  }

  // Of every page.
  std::vector<Json> all(const std::string& list) const {
    std::vector<Json> out;
    std::string cursor;
    do {
      const Answer page = owner_->person.get(list + (cursor.empty() ? "" : "&cursor=" + cursor));
      REQUIRE_MESSAGE(page.status == 200, page.body);
      const Json body = page.json();
      for (const Json& item : body.at("items").as_array()) out.push_back(item);
      cursor = body.text("next_cursor");
    } while (!cursor.empty());
    return out;
  }
  std::vector<Json> all_invitations() const { return all(path("/invitations?state=all&limit=11")); }

  Lines members() const {
    Lines out;
    for (const Json& one : all(path("/members?limit=7"))) {
      Place place{std::string(one.text("org_role"))};
      for (const Json& team : one.at("teams").as_array())
        place.teams[std::string(team.text("team"))] = team.text("role");
      CHECK(out.insert(fmt::format("{} {}", one.text("user", "email"), place.text())).second);
    }
    return out;
  }

  void check_team(const std::string& team) const {
    Lines seen, wanted;
    for (const Json& one : all(path("/teams/" + team + "/members?limit=4")))
      CHECK(seen.insert(fmt::format("{} {} {}", one.text("user", "email"), one.text("org_role"),
                                    one.text("role")))
                .second);
    for (const Somebody* who : in_)
      if (who->place.teams.contains(team))
        wanted.insert(
            fmt::format("{} {} {}", who->email, who->place.role, who->place.teams.at(team)));
    check_same(team, seen, wanted);
  }

  // Every member but the founder was invited once, and seats are members and who is asked.
  void check_invitations() const {
    std::size_t pending = 0;
    Lines accepted;
    for (const Json& one : all_invitations()) {
      if (one.text("state") == "pending") ++pending;
      if (one.text("state") == "accepted")
        CHECK(accepted.insert(std::string(one.text("email"))).second);
    }
    for (const Somebody* who : in_)
      CHECK(accepted.contains(who->email) == (who->email != "ann@example.com"));
    const Json usage = owner_->person.get(path("/usage")).json();
    for (const Json& item : usage.at("items").as_array())
      if (item.text("feature") == "members.max")
        CHECK(item.integer_or(-1, "used") == static_cast<std::int64_t>(in_.size() + pending));
  }

  // What somebody is told of themselves, and what answers.
  void check_sight(const Somebody& who) const {
    INFO(who.email);
    const bool in = in_.contains(&who);
    Lines own;
    for (const Json& org : who.person.get("/me").json().at("organizations").as_array()) {
      if (org.text("slug") != "acme") continue;
      Place place{std::string(org.text("role"))};
      for (const Json& team : org.at("teams").as_array())
        place.teams[std::string(team.text("slug"))] = team.text("role");
      own.insert(place.text());
    }
    check_same("/me", own, in ? Lines{who.place.text()} : Lines{});
    CHECK(who.person.get(kOrg).status == (in ? 200 : 404));
    CHECK(who.person.get(path("/members")).status ==
          (!in ? 404 : (who.place.runs_all() ? 200 : 403)));
    for (const std::string& team : kTeams)
      CHECK(who.person.get(path("/teams/" + team)).status ==
            (in && (who.place.runs_all() || who.place.teams.contains(team)) ? 200 : 404));
  }

  Installation& world_;
  const Mailboxes mail_;
  std::unique_ptr<Server> server_;
  std::deque<Somebody> people_;  // Ann, the thirty, and three more; who points to them stays right.
  std::set<const Somebody*> in_;
  std::set<std::string> changed_;  // Roles that somebody was given.
  Somebody* owner_ = nullptr;
  Somebody* late_ = nullptr;
  Somebody* unwanted_ = nullptr;
  Somebody* extra_ = nullptr;
};

}  // namespace

TEST_CASE(
    "a company of thirty comes together by mail, and everybody is what they were asked to be") {
  if (!SmtpSink::available()) return;
  on_both_engines([](Installation& world) {
    Company company(world);
    company.invite_everybody();
    company.check();
    company.take_one_back();
    company.send_one_again();
    company.check();
    company.let_one_expire();
    company.everybody_comes_in();
    company.check();
    company.change_roles();
    company.check();
    company.remove_one();
    company.check();
    company.pass_on_ownership();
    company.check();
    company.find_no_seat();
    company.check();
    company.verify_audit();
  });
}
