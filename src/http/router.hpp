#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"

namespace ks::http {

using RouteHandler = std::function<Response(Request&)>;

// What is known about a route besides where it leads. `audience` says who may come and has no
// default: a route without one cannot be added. What the word means is the caller's business.
struct RouteInfo {
  explicit RouteInfo(std::string who) : audience(std::move(who)) {}
  std::string audience;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::size_t body_bytes_max = 0;  // None is taken.
  // Asked about a request's body before it is read, in place of body_bytes_max. Runs on the
  // connection's fiber and may wait; the request has its head only.
  std::function<BodyWelcome(Request&)> welcome = {};
};

// Finds the handler for a method and a path. Patterns are segments, "/orgs/{org}/teams"; {name}
// takes exactly one segment and a literal segment wins over it. HEAD is answered by GET, OPTIONS
// by the list of methods, unless a route says otherwise. Fill it, then only read it: handling is
// safe from all threads.
class Router {
 public:
  // `problem_base` is the address before /problems/... in replies for unknown paths and methods.
  explicit Router(std::string problem_base);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // A pattern that is malformed, or a method given twice for one pattern, aborts.
  void add(Method method, std::string_view pattern, RouteInfo info, RouteHandler handler);

  struct Route {
    Method method;
    std::string pattern;
    RouteInfo info;
  };
  // Is given each answer that the router makes itself (404, 405, and 204 to OPTIONS), and gives
  // what is sent in its place.
  using OnRefusal = std::function<Response(Request&, Response)>;
  void on_refusal(OnRefusal asked) { on_refusal_ = std::move(asked); }

  // Asked about GET and HEAD where no pattern fits; what it does not answer is 404.
  using Otherwise = std::function<std::optional<Response>(Request&)>;
  void otherwise(Otherwise asked) { otherwise_ = std::move(asked); }

  // In the order in which they were added.
  std::vector<const Route*> routes() const;

  // Sets request.route and request.params, and runs the handler.
  Response handle(Request& request) const;
  // What the route that this request will reach says of its body; a small limit where there is
  // none, since nobody will read that body.
  BodyWelcome welcome(Request& request) const;

 private:
  struct Node;
  struct Entry;
  struct Match;
  bool match(const Node& node, std::string_view path, std::size_t at, Match& found) const;
  const Entry* find(const Match& found, Method method) const;

  Response refuse(Request& request, Response answer) const;

  std::string problem_base_;
  OnRefusal on_refusal_;
  Otherwise otherwise_;
  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace ks::http
