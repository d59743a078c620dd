#include <set>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Every operation with a body, addressed at something that is there, by somebody who may.
struct Writes {
  Server server;
  Person root = server.administrator();
  Person ann = server.somebody();

  Writes() {
    server.raise(ann, "business");
    ann.deploy("web");
  }

  std::string target(const Operation& op) const { return filled(op.pattern, ann.org); }

  Reply send(const Operation& op, const std::string& body,
             const std::string& type = "application/json") {
    Person& who = op.json->text("x-audience") == "platform_admin" ? root : ann;
    Fields fields;
    if (!type.empty()) fields.emplace_back("Content-Type", type);
    return who.call({op.method, target(op), fields, body});
  }

  // The objects that its body may be.
  std::vector<const Json*> shapes(const Operation& op) {
    const Contract& contract = server.contract();
    const Json& schema = contract.resolved(
        contract.resolved(op.json->at("requestBody")).at("content", "application/json", "schema"));
    std::vector<const Json*> out;
    if (schema.at("oneOf").is_array())
      for (const Json& option : schema.at("oneOf").as_array())
        out.push_back(&contract.resolved(option));
    else
      out.push_back(&schema);
    std::erase_if(out, [](const Json* shape) { return !shape->at("properties").is_object(); });
    return out;
  }

  template <class Check>
  void each(Check check) {
    int checked = 0;
    for (const Operation& op : server.contract().operations()) {
      if (op.json->find("requestBody") == nullptr) continue;
      CAPTURE(op.id());
      ++checked;
      check(op);
    }
    CHECK(checked >= 12);
  }
};

std::set<std::string> pointers(const Reply& reply) {
  std::set<std::string> out;
  const Json body = reply.json();
  if (const Json* errors = body.find("errors"))
    for (const Json& fault : errors->as_array()) out.insert(std::string(fault.text("pointer")));
  return out;
}

std::string nested(int depth) {
  return "{\"name\":" + std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']') + "}";
}

}  // namespace

TEST_CASE_FIXTURE(Writes, "malformed JSON is 400, whatever the operation") {
  each([&](const Operation& op) {
    for (const std::string& body :
         {std::string("{"), std::string("{\"name\":}"), std::string("{'name':'x'}"),
          std::string("{\"name\":\"x\"} {}"), std::string("{\"name\":\"x\",}"),
          std::string("{\"name\":\"a\",\"name\":\"b\"}"), std::string("\xff\xfe"),
          std::string("{\"name\":\"\xc3\x28\"}"), std::string("{\"name\":01}"),
          std::string("{\"name\":NaN}"), std::string("{\"name\":\"\\ud800\"}"), nested(40)}) {
      CAPTURE(body);
      const Reply reply = send(op, body);
      CHECK(reply.status == 400);
      CHECK(reply.json().text("code") == "malformed_json");
    }
  });
}

TEST_CASE_FIXTURE(Writes, "a body that is missing is 400 and said to be required") {
  each([&](const Operation& op) {
    const Json& body = server.contract().resolved(op.json->at("requestBody"));
    if (body.at("required") != Json(true)) return;
    for (const char* type : {"application/json", ""}) {
      const Reply reply = send(op, "", type);
      CHECK(reply.status == 400);
      CHECK(reply.json().text("title") == "Malformed JSON");
      CHECK(reply.json().text("detail").starts_with("A body is required"));
    }
  });
}

TEST_CASE_FIXTURE(Writes, "a body that is no object is 422") {
  each([&](const Operation& op) {
    for (const char* body : {"[]", "null", "\"text\"", "1", "true"}) {
      CAPTURE(body);
      CHECK(send(op, body).status == 422);
    }
  });
}

TEST_CASE_FIXTURE(Writes, "an unknown field is 422 with its pointer, and in the contract neither") {
  each([&](const Operation& op) {
    const Json body = Json::object({{"no/such~field", 1}});
    const Reply reply = send(op, body.dump());
    CHECK(reply.status == 422);
    CHECK(reply.json().text("code") == "validation_failed");
    bool found = false;
    for (const Json& fault : reply.json().at("errors").as_array())
      found = found || fault.text("pointer") == "/no~1such~0field";
    CHECK(found);
    CHECK_FALSE(server.contract().body_faults(op, body).empty());
  });
}

TEST_CASE_FIXTURE(Writes,
                  "a body of nothing but unknown fields is not answered with many times its size") {
  std::string body = "{\"x\":1";
  for (int i = 0; i < 1500; ++i) body += ",\"f" + std::to_string(i) + "\":1";
  body += "}";
  each([&](const Operation& op) {
    const Reply reply = send(op, body);
    CHECK(reply.status == 422);
    CHECK(reply.json().at("errors").as_array().size() <= 110);
  });
}

TEST_CASE_FIXTURE(Writes, "every field of a wrong type is 422 with its pointer") {
  each([&](const Operation& op) {
    const Contract& contract = server.contract();
    for (const Json* shape : shapes(op)) {
      for (const auto& [name, property] : shape->at("properties").members()) {
        CAPTURE(name);
        const bool flag = contract.resolved(property).text("type") == "boolean";
        // No other field of this interface takes true.
        Json body = Json::object({{name, flag ? Json("true") : Json(true)}});
        if (name == "inputs") body.set("template", "nginx");
        const Reply reply = send(op, body.dump());
        CHECK(reply.status == 422);
        bool found = false;
        for (const Json& fault : reply.json().at("errors").as_array())
          found = found || fault.text("pointer") == "/" + name;
        CHECK(found);
      }
    }
  });
}

TEST_CASE_FIXTURE(Writes, "an unknown field hides no fault of the others") {
  // What is held against the state of things is looked at once the body is in order.
  const std::set<std::string> stateful = {"deleteOrganization", "deleteTeam", "setPlan"};
  int told = 0;
  each([&](const Operation& op) {
    for (const Json* shape : shapes(op)) {
      Json body = Json::object();
      for (const auto& [name, property] : shape->at("properties").members())
        if (server.contract().resolved(property).text("type") == "string") body.set(name, "\x01");
      std::set<std::string> wanted;
      if (const Reply reply = send(op, body.dump());
          reply.status == 422 && !stateful.contains(op.id()))
        wanted = pointers(reply);
      told += static_cast<int>(wanted.size());
      wanted.insert("/nope");
      const Reply reply = send(op, body.set("nope", 1).dump());
      CHECK(reply.status == 422);
      for (const std::string& pointer : wanted)
        CHECK_MESSAGE(pointers(reply).contains(pointer), pointer << " is not in " << reply.body);
    }
  });
  CHECK(told >= 12);
}

TEST_CASE_FIXTURE(Writes, "a field of a wrong type hides no fault of a value") {
  Person nobody = server.nobody();
  const auto told = [&](Person& who, const std::string& path, const Json& body) {
    return pointers(who.post(path, body));
  };
  using All = std::set<std::string>;
  CHECK(told(nobody, "/api/v1/auth/signup",
             Json::object({{"email", "nobody"}, {"password", "short"}, {"name", 1}, {"x", 1}})) ==
        All{"/email", "/password", "/name", "/x"});
  CHECK(told(ann, "/api/v1/orgs", Json::object({{"name", ""}, {"slug", 5}})) ==
        All{"/name", "/slug"});
  CHECK(told(ann, ann.org_path() + "/teams",
             Json::object({{"name", true}, {"slug", "Not One"}, {"description", "\x01"}})) ==
        All{"/name", "/slug", "/description"});
  CHECK(told(ann, ann.org_path() + "/invitations",
             Json::object({{"invitations", Json::array({Json::object({{"email", 1}})})},
                           {"expires_in_days", 99},
                           {"x", 1}})) == All{"/invitations/0/email", "/expires_in_days", "/x"});
}

TEST_CASE_FIXTURE(Writes, "another content type is 415") {
  each([&](const Operation& op) {
    for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "text/json",
                             "multipart/form-data", "application/jsonp"}) {
      CAPTURE(type);
      const Reply reply = send(op, "{}", type);
      CHECK(reply.status == 415);
      CHECK(reply.json().text("code") == "unsupported_media_type");
    }
    CHECK(send(op, "{", "application/json; charset=utf-8").status == 400);
    CHECK(send(op, "{", "Application/JSON").status == 400);
    CHECK(send(op, "{", "application/merge-patch+json").status ==
          (op.method == "PATCH" ? 400 : 415));
  });
}

TEST_CASE_FIXTURE(Writes, "a body over 1 MiB is 413, one below is read; of strangers over 16 KiB") {
  each([&](const Operation& op) {
    const bool anyone = op.json->text("x-audience") == "anyone";
    const std::string filler(anyone ? 16 * 1024 : 1 << 20, ' ');
    const Reply reply = send(op, filler + "{}");
    CHECK(reply.status == 413);
    CHECK(reply.json().text("code") == "content_too_large");
    CHECK(reply.json().text("detail").find(std::to_string(filler.size())) != std::string::npos);
    CHECK(send(op, filler.substr(1) + "{").status == 400);
  });
}

TEST_CASE_FIXTURE(Writes, "an operation without a body refuses one") {
  int checked = 0;
  for (const Operation& op : server.contract().operations()) {
    if (op.method == "GET" || op.json->find("requestBody") != nullptr) continue;
    CAPTURE(op.id());
    ++checked;
    CHECK(send(op, "{}").status == 422);
  }
  CHECK(checked == 7);
  CHECK(ann.get(ann.deployment_path("web")).status == 200);
}

TEST_CASE_FIXTURE(Writes, "who is not signed in learns nothing about a body") {
  Person nobody = server.nobody();
  each([&](const Operation& op) {
    if (op.json->text("x-audience") == "anyone") return;
    const Reply reply =
        nobody.call({op.method, target(op), {{"Content-Type", "application/json"}}, "{"});
    CHECK(reply.status == 401);
  });
}

TEST_CASE_FIXTURE(Writes, "who is not signed in is told before the body is there") {
  each([&](const Operation& op) {
    if (op.json->text("x-audience") == "anyone") return;
    for (const char* cookie : {"", "Cookie: session=made-up\r\n"}) {
      CAPTURE(cookie);
      // The server ends the connection without having seen a byte of the body.
      const Reply reply =
          send_bytes(server.port(), op.method + " " + target(op) +
                                        " HTTP/1.1\r\nHost: localhost\r\n" + cookie +
                                        "Content-Type: application/json\r\n"
                                        "Content-Length: 1000000\r\n\r\n");
      CHECK(reply.status == 401);
      CHECK(reply.header("connection") == "close");
    }
  });
}

TEST_CASE_FIXTURE(Writes, "a body for which a route has no use is refused from the head") {
  std::size_t walked = 0;
  Person nobody = server.nobody();
  for (const http::Router::Route* route : server.program().router()->routes()) {
    const std::string method(http::method_name(route->method));
    CAPTURE(method);
    CAPTURE(route->pattern);
    std::string target = filled(route->pattern, ann.org);
    if (const std::size_t at = target.find('{'); at != std::string::npos) target.resize(at);
    if (target.ends_with('/') && target.size() > 1) target += "x";
    const Operation* op = server.contract().find(method, target);
    REQUIRE(op != nullptr);
    if (op->json->find("requestBody") != nullptr) continue;
    ++walked;
    for (Person* who : {&nobody, &ann}) {
      const auto held = who->hold(method, target, 1 << 20);
      const bool signed_in_first = who == &nobody && route->method != http::Method::get;
      CHECK(held->reply().status == (signed_in_first ? 401 : 413));
    }
  }
  CHECK(walked >= 12);
}

TEST_CASE("bodies that one network never sends leave others their logins") {
  Server server;
  Person ann = server.somebody("Ann");
  Person stranger = server.nobody();
  std::vector<std::unique_ptr<HeldBody>> held;
  for (int i = 0; i < 400; ++i) {
    auto body = stranger.hold("POST", "/api/v1/auth/login", 16 * 1024);
    CHECK((body->reply().status == 100 || body->reply().status == 429));
    if (body->reply().status == 100) held.push_back(std::move(body));
  }
  CHECK(held.size() >= 50);
  CHECK(held.size() <= 256);
  Person again = server.nobody();
  CHECK(
      again
          .post("/api/v1/auth/login", Json::object({{"email", ann.email}, {"password", kPassword}}))
          .status == 200);
}

TEST_CASE("bodies that one person never sends leave everybody else their writes") {
  Server server;
  Person ann = server.somebody("Ann");
  Person bob = server.somebody("Bob");
  std::vector<std::unique_ptr<HeldBody>> held;
  std::size_t refused = 0;
  for (int i = 0; i < 600; ++i) {
    auto body = ann.hold("PATCH", ann.org_path(), 1 << 20);
    if (body->reply().status == 100) {
      held.push_back(std::move(body));
    } else {
      ++refused;
      CHECK(body->reply().status == 429);
      CHECK(body->reply().header("retry-after") == "1");
    }
  }
  CHECK(held.size() >= 8);
  CHECK(held.size() <= 16);
  CHECK(refused + held.size() == 600);
  const Json name = Json::object({{"name", "New"}});
  CHECK(bob.patch(bob.org_path(), name).status == 200);
  // What she left open she gets back.
  held.clear();
  Reply hers = ann.patch(ann.org_path(), name);
  for (int tries = 0; hers.status == 429 && tries < 1000; ++tries)
    hers = ann.patch(ann.org_path(), name);
  CHECK(hers.status == 200);
}

TEST_CASE("a request whose body never comes is charged to its sender, and one that comes once") {
  ServerOptions options;
  options.settings = {{"RATE_LIMIT_WRITES", "8"}};
  Server server(options);
  Person ann = server.somebody("Ann");
  const auto left = [&](const Reply& reply) {
    const std::string field = reply.header("ratelimit").value_or("");
    const std::size_t at = field.find(";r=");
    REQUIRE(at != std::string::npos);
    return std::stoi(field.substr(at + 3));
  };
  const Json name = Json::object({{"name", "New"}});
  const int before = left(ann.patch(ann.org_path(), name));
  CHECK(left(ann.patch(ann.org_path(), name)) >= before - 1);
  for (int i = 0; i < 30; ++i) ann.hold("PATCH", ann.org_path(), 100);
  const auto refused = ann.hold("PATCH", ann.org_path(), 100);
  CHECK(refused->reply().status == 429);
  CHECK(std::stoi(refused->reply().header("retry-after").value_or("0")) >= 1);
}
