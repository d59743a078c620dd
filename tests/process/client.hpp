#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace ks::test {

using Headers = std::map<std::string, std::string>;  // Names in lower case.

struct Answer {
  int status = 0;  // 0: none came, or not all of it; nobody knows what was done.
  Headers headers;
  std::string body;

  // Null where the body is no JSON.
  Json json() const;
  std::string code() const { return std::string(json().text("code")); }
  std::string header(const std::string& name) const;
};

// One request over a connection of its own.
Answer request(int port, std::string_view method, std::string_view path, std::string_view body = {},
               const Headers& headers = {}, Duration within = seconds(90));

struct Event {
  std::string name;
  std::string id;
  std::string data;
};

// A subscriber of an event stream.
class EventStream {
 public:
  EventStream(int port, std::string_view path, const Headers& headers);
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  int status() const { return status_; }
  // The next event; nullopt when none came within that time, or the stream ended.
  std::optional<Event> next(Duration within);
  // True when the server ends the stream within that time; events meanwhile are dropped.
  bool ends(Duration within);

 private:
  bool receive(Duration within);
  std::optional<Event> take();

  int fd_ = -1;
  int status_ = 0;
  bool chunked_ = false;
  bool ended_ = false;
  std::string raw_;
  std::string text_;
};

// One person at one server: keeps the cookie, and knows their organization and team.
class Person {
 public:
  explicit Person(int port) : port_(port) {}

  // The same person at another server or after a restart.
  void at(int port) { port_ = port; }
  int port() const { return port_; }
  // Comes from this network address, of which a trusted proxy tells.
  void from(const std::string& address) { address_ = address; }

  static constexpr const char* kPassword = "correct horse battery";
  Answer sign_up(const std::string& email, const std::string& password = kPassword);
  // Makes the account by an invitation's link.
  Answer join(const std::string& email, const std::string& invitation);
  Answer login(const std::string& email, const std::string& password = kPassword);

  // Under /api/v1. A body is sent as JSON.
  Answer send(std::string_view method, const std::string& path, const Json& body = {},
              const Headers& headers = {}, Duration within = seconds(90)) const;
  Answer get(const std::string& path) const { return send("GET", path); }
  Answer post(const std::string& path, const Json& body) const { return send("POST", path, body); }

  // The team's deployments, or one of them.
  std::string deployments(const std::string& name = {}) const;
  std::string org() const { return "/orgs/" + org_; }
  const std::string& org_id() const { return org_id_; }
  Answer deploy(const std::string& name, const Headers& headers = {}) const;
  std::string phase(const std::string& name) const;
  bool ready(const std::string& name) const { return phase(name) == "Ready"; }
  // What usage says of a feature; -1 when it cannot be asked.
  std::int64_t used(const std::string& feature) const;

  const std::string& cookie() const { return cookie_; }
  Headers cookie_header() const { return {{"cookie", cookie_}}; }

 private:
  void keep_cookie(const Answer& answer);
  void learn();
  Answer make_account(const Json& body);
  int port_;
  std::string address_;
  std::string cookie_;
  std::string org_;
  std::string org_id_;
  std::string team_;
};

}  // namespace ks::test
