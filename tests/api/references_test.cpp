// Every identifier that a request can hold, in its query and in its body, replaced by one of
// another organization, of another client, and of what is no more.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <regex>

#include <doctest/doctest.h>

#include "tests/api/audit_state.hpp"
#include "tests/api/references_world.hpp"

using namespace ks;
using namespace ks::api_test;
using ks::test::RawSql;

namespace {

// "operation place kind" of references.exceptions; each has to be met.
class Exceptions {
 public:
  Exceptions() {
    const char* root = std::getenv("KS_SOURCE_DIR");
    REQUIRE(root != nullptr);
    std::ifstream file(std::string(root) + "/tests/api/references.exceptions");
    REQUIRE(file);
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') continue;
      const std::size_t colon = line.find(": ");
      REQUIRE_MESSAGE((colon != std::string::npos && colon + 2 < line.size()),
                      "an exception without a reason: ", line);
      listed_.insert(line.substr(0, colon));
    }
    // Fewer lower this; more are faults to be mended.
    constexpr std::size_t kExceptionsMax = 6;
    CHECK(listed_.size() <= kExceptionsMax);
  }
  bool covers(const std::string& what) {
    met_.insert(what);
    return listed_.contains(what);
  }
  // Of operations that the test is about.
  void check_none_is_stale(const std::set<std::string>& operations) const {
    for (const std::string& one : listed_)
      if (operations.contains(one.substr(0, one.find(' '))))
        CHECK_MESSAGE(met_.contains(one), "an exception that nothing needs: ", one);
  }

 private:
  std::set<std::string> listed_, met_;
};

// What is told, without what tells one request from another.
std::string told(const Reply& reply, const std::string& value) {
  std::string out = std::to_string(reply.status);
  std::set<std::string> fields;
  for (const auto& [name, text] : reply.headers) fields.insert(name);
  for (const std::string& field : fields) out += " " + field;
  std::string body = reply.body;
  if (!value.empty())
    for (std::size_t at = 0; (at = body.find(value, at)) != std::string::npos;)
      body.replace(at, value.size(), "VALUE");
  static const std::vector<std::pair<std::regex, const char*>> kMasked = {
      {std::regex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"},
      {std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"), "TIME"},
      {std::regex("\"trace_id\":\"[^\"]*\""), "TRACE"},
      {std::regex("person[0-9]+@"), "PERSON@"},
      {std::regex("\\bann(-[0-9a-z]+)?\\b"), "ANN"},
      {std::regex("-[0-9a-z]{6}\\b"), "-STEM"}};
  for (const auto& [pattern, word] : kMasked) body = std::regex_replace(body, pattern, word);
  return out + "\n" + body;
}

struct Asked {
  Reply reply;
  std::string told;
  std::string changes;
};

struct References : ReferencesWorld {
  RawSql raw{server.dsn()};
  Exceptions exceptions;
  int asked = 0;

  // `ask` sends one of the candidates, whatever it needs being there.
  void check(const Operation& op, const RequestField& field, const std::vector<Candidate>& all,
             const std::function<Asked(const Candidate&)>& ask) {
    std::map<std::string, std::string> absent;
    for (const Candidate& one : all) {
      if (one.whose != Whose::none) continue;
      absent[one.form] = ask(one).told;
      ++asked;
    }
    for (const Candidate& one : all) {
      if (one.whose == Whose::none) continue;
      CAPTURE(one.form);
      CAPTURE(one.value);
      CAPTURE(name(one.whose));
      const Asked given = ask(one);
      CAPTURE(given.reply.body);
      CAPTURE(given.changes);
      ++asked;
      if (one.whose == Whose::own) {
        CHECK(given.reply.status < 300);
        continue;
      }
      const std::string what = op.id() + " " + field.at + " " + std::string(name(one.whose));
      REQUIRE(absent.contains(one.form));
      if (given.told != absent.at(one.form)) {
        const bool excepted = exceptions.covers(what);
        CAPTURE(absent.at(one.form));
        CHECK_MESSAGE(excepted, what, " is told from what does not exist");
      }
      check_changes(given, one.value);
    }
  }

  // Nothing of anybody else's; and nothing at all where it was refused, but for telling that.
  void check_changes(const Asked& given, const std::string& sent) {
    const auto theirs = marks();
    for (std::size_t at = 0; at < given.changes.size();) {
      const std::size_t end = given.changes.find('\n', at);
      std::string line = given.changes.substr(at, end + 1 - at);
      at = end + 1;
      CAPTURE(line);
      const bool audit = line.find("audit") == 2 || line.find("client_audit") == 2;
      // The log may repeat what was sent.
      if (const std::size_t own = line.find(sent); audit && own != std::string::npos)
        line.replace(own, sent.size(), "VALUE");
      for (const std::string& mark : theirs) CHECK(line.find(mark) == std::string::npos);
      if (given.reply.status >= 400) CHECK(audit);
    }
  }

  void check_body(const Operation& op, const RequestField& field) {
    const std::string route = op.method + " " + op.pattern;
    std::optional<Prepared> ready;
    const auto ready_one = [&] {
      if (!ready) ready = prepared(server, route);
    };
    ready_one();
    const bool in_org = op.pattern.find("{org}") != std::string::npos;
    auto all = candidates(field.noun, in_org ? ready->owner.get() : nullptr);
    // Who acts in no organization has no other one.
    if (!in_org && field.noun == "address")
      std::erase_if(all, [](const Candidate& one) { return one.whose == Whose::foreign; });
    // What has a name already may or may not be given it again.
    if (field.claims)
      std::erase_if(all, [](const Candidate& one) { return one.whose == Whose::own; });
    check(op, field, all, [&](const Candidate& one) {
      // What was there for one that was carried out is used up, and so is what is deleted there.
      if (one.whose == Whose::deleted && !ready) {
        ready_one();
        const auto fresh = candidates(field.noun, in_org ? ready->owner.get() : nullptr);
        const auto same = std::ranges::find_if(fresh, [&](const Candidate& other) {
          return other.whose == one.whose && other.form == one.form;
        });
        REQUIRE(same != fresh.end());
        return send_body(ready, field, *same);
      }
      ready_one();
      return send_body(ready, field, one);
    });
  }

  // Of a list of somebody's own: what each of its names stands for.
  std::string path_of(const Operation& op, Person& owner) {
    std::string out = filled(op.pattern, owner.org, owner.team);
    if (out.find("/access-reviews/") == std::string::npos) return out;
    const std::string reviews = owner.org_path() + "/access-reviews";
    if (owner.get(reviews).json().at("items").as_array().empty())
      REQUIRE(owner.poke(owner.org_path() + "/access-review").status == 201);
    const Json all = owner.get(reviews).json();
    return reviews + "/" + std::string(all.at("items").as_array()[0].text("id")) + "/rows";
  }

  void check_query(const Operation& op, const RequestField& field, Person& owner) {
    std::vector<Candidate> all;
    if (field.noun == "page") {
      const Json page = foreign.get(path_of(op, foreign) + "?limit=1").json();
      // A list that has no second page for anybody.
      if (page.text("next_cursor").empty()) return;
      all = {{Whose::none, "cursor", "bm8tc3VjaC1wYWdl"},
             {Whose::foreign, "cursor", std::string(page.text("next_cursor"))}};
    } else {
      all = candidates(field.noun, &owner);
    }
    check(op, field, all, [&](const Candidate& one) {
      const std::string target = path_of(op, owner) + "?" + field.name + "=" + one.value;
      const std::string before = state_of(raw);
      Reply reply = op.id() == "streamEvents" ? owner.stream(target)->head() : owner.get(target);
      return Asked{reply, told(reply, one.value), changed_since(raw, before)};
    });
  }

  Asked send_body(std::optional<Prepared>& ready, const RequestField& field, const Candidate& one) {
    const std::string before = state_of(raw);
    Asked out;
    {
      const Amended amended(server, [&](Json& body) {
        // One of a template has no image.
        if (field.noun == "template") body = Json::object({{"name", "web"}, {"template", ""}});
        spot(body, field.at) = one.value;
      });
      out.reply = ready->send();
    }
    out.told = told(out.reply, one.value);
    out.changes = changed_since(raw, before);
    if (out.reply.status < 400) ready.reset();
    return out;
  }
};

}  // namespace

TEST_CASE_FIXTURE(References, "what a body refers to is another's, or gone, as if it never was") {
  server.administrator();
  std::set<std::string> operations;
  for (const Operation& op : server.contract().operations()) {
    if (op.json->find("requestBody") == nullptr) continue;
    CAPTURE(op.id());
    operations.insert(op.id());
    for (const RequestField& field : request_shape(server.contract(), op).fields) {
      if (field.noun.empty() || field.at[0] != '/') continue;
      CAPTURE(field.at);
      check_body(op, field);
    }
  }
  exceptions.check_none_is_stale(operations);
  CHECK(asked >= 80);
}

TEST_CASE_FIXTURE(References, "what a query refers to is another's, or gone, as if it never was") {
  Person owner = server.somebody("Ann");
  server.raise(owner, "enterprise");
  // Whatever lists have two of.
  for (Person* one : {&foreign, &owner}) {
    server.colleague(*one, "Colleague", "org_member", {{"default", "viewer"}});
    for (const char* address : {"one", "two"})
      invited(server, *one, address + std::string("@") + one->org + ".example.com");
  }
  std::set<std::string> operations;
  for (const Operation& op : server.contract().operations()) {
    if (op.method != "GET") continue;
    CAPTURE(op.id());
    operations.insert(op.id());
    for (const RequestField& field : request_shape(server.contract(), op).fields) {
      if (field.noun.empty() || field.at[0] != '?') continue;
      // Of people and organizations alike, for administrators of the installation only.
      if (op.json->text("x-audience") == "platform_admin") continue;
      CAPTURE(field.at);
      check_query(op, field, owner);
    }
  }
  exceptions.check_none_is_stale(operations);
  CHECK(asked >= 60);
}

TEST_CASE("whatever looks like an identifier in a request says of what") {
  Server server;
  const std::regex telling("\\b([Ii]d|[Ss]lug|[Kk]ey|[Tt]oken|[Aa]ddress|next_cursor)\\b");
  std::set<std::string> nouns, names = {"email", "token", "cursor", "slug", "plan", "template"};
  std::vector<std::pair<std::string, RequestField>> all;
  for (const Operation& op : server.contract().operations())
    for (const RequestField& field : request_shape(server.contract(), op).fields) {
      if (field.at[0] == '{') names.insert(field.name);
      nouns.insert(field.noun);
      all.emplace_back(op.id(), field);
    }
  CHECK(all.size() >= 150);
  CHECK(nouns.size() >= 15);
  for (const auto& [operation, field] : all) {
    CAPTURE(operation);
    CAPTURE(field.at);
    const bool looks = field.at[0] == '{' || field.format == "uuid" || names.contains(field.name) ||
                       field.name.ends_with("_id") || field.name == "id" ||
                       std::regex_search(field.description, telling);
    if (looks) CHECK_FALSE(field.noun.empty());
  }
}
