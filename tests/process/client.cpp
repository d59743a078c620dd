#include "tests/process/client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ks::test {

namespace {

class Deadline {
 public:
  explicit Deadline(Duration within) : end_(clock_.monotonic() + within) {}
  Duration left() const { return std::max(Duration{}, end_ - clock_.monotonic()); }

 private:
  SystemClock clock_;
  Time end_;
};

bool wait_for(int fd, short events, Duration within) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, static_cast<int>(within.us / 1000)) == 1;
}

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

bool send_all(int fd, std::string_view text, const Deadline& deadline) {
  while (!text.empty()) {
    if (!wait_for(fd, POLLOUT, deadline.left())) return false;
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Appends what comes next; false at the end of the connection or of the time.
bool receive_some(int fd, std::string& into, Duration within) {
  if (!wait_for(fd, POLLIN, within)) return false;
  std::array<char, 16384> buffer{};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  into.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

std::string request_text(std::string_view method, std::string_view path, std::string_view body,
                         const Headers& headers) {
  std::string out(method);
  out += " ";
  out += path;
  out += " HTTP/1.1\r\n";
  Headers all = headers;
  all.try_emplace("host", "localhost:8080");
  all.try_emplace("connection", "close");
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
    all.try_emplace("content-length", std::to_string(body.size()));
  if (!body.empty()) all.try_emplace("content-type", "application/json");
  for (const auto& [name, value] : all) out += name + ": " + value + "\r\n";
  out += "\r\n";
  out += body;
  return out;
}

struct Head {
  int status = 0;
  Headers headers;
};

// Takes the head off `raw`; nullopt while it is not whole.
std::optional<Head> take_head(std::string& raw) {
  const std::size_t end = raw.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  Head head;
  std::string_view lines = std::string_view(raw).substr(0, end + 2);
  const std::size_t first = lines.find("\r\n");
  if (first > 12) std::from_chars(lines.data() + 9, lines.data() + 12, head.status);
  lines.remove_prefix(first + 2);
  while (!lines.empty()) {
    const std::size_t stop = lines.find("\r\n");
    const std::string_view line = lines.substr(0, stop);
    lines.remove_prefix(stop + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t start = line.find_first_not_of(' ', colon + 1);
    head.headers[name] = start == std::string_view::npos ? "" : std::string(line.substr(start));
  }
  raw.erase(0, end + 4);
  return head;
}

// Moves whole chunks from `raw` to `out`; true after the last one.
bool take_chunks(std::string& raw, std::string& out) {
  for (;;) {
    const std::size_t line = raw.find("\r\n");
    if (line == std::string::npos) return false;
    std::size_t size = 0;
    std::from_chars(raw.data(), raw.data() + line, size, 16);
    if (raw.size() < line + 2 + size + 2) return false;
    out.append(raw, line + 2, size);
    raw.erase(0, line + 2 + size + 2);
    if (size == 0) return true;
  }
}

// Reads an answer as far as it comes; status 0 unless it came whole.
void read_answer(int fd, std::string_view method, const Deadline& deadline, Answer& answer) {
  std::string raw;
  std::optional<Head> head;
  while (!(head = take_head(raw)))
    if (!receive_some(fd, raw, deadline.left())) return;
  answer.headers = head->headers;
  bool whole = false;
  if (method == "HEAD" || head->status == 204 || head->status == 304) {
    whole = true;
  } else if (head->headers.contains("transfer-encoding")) {
    while (!(whole = take_chunks(raw, answer.body)))
      if (!receive_some(fd, raw, deadline.left())) return;
  } else {
    const std::size_t length = std::stoul(answer.header("content-length"));
    while (raw.size() < length)
      if (!receive_some(fd, raw, deadline.left())) return;
    answer.body = raw.substr(0, length);
    whole = true;
  }
  if (whole) answer.status = head->status;
}

}  // namespace

Json Answer::json() const {
  auto parsed = parse_json(body);
  return parsed ? std::move(*parsed) : Json();
}

std::string Answer::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? "" : at->second;
}

Answer request(int port, std::string_view method, std::string_view path, std::string_view body,
               const Headers& headers, Duration within) {
  Answer answer;
  const Deadline deadline(within);
  const int fd = connect_to(port);
  if (fd < 0) return answer;
  if (send_all(fd, request_text(method, path, body, headers), deadline))
    read_answer(fd, method, deadline, answer);
  ::close(fd);
  return answer;
}

EventStream::EventStream(int port, std::string_view path, const Headers& headers) {
  Headers all = headers;
  all.try_emplace("accept", "text/event-stream");
  const Deadline deadline(seconds(30));
  fd_ = connect_to(port);
  if (fd_ < 0 || !send_all(fd_, request_text("GET", path, {}, all), deadline)) return;
  std::optional<Head> head;
  while (!(head = take_head(raw_)))
    if (!receive_some(fd_, raw_, deadline.left())) return;
  status_ = head->status;
  chunked_ = head->headers.contains("transfer-encoding");
}

EventStream::~EventStream() {
  if (fd_ >= 0) ::close(fd_);
}

// False when nothing more comes, now or ever.
bool EventStream::receive(Duration within) {
  if (ended_ || fd_ < 0) return false;
  if (!wait_for(fd_, POLLIN, within)) return false;
  if (!receive_some(fd_, raw_, within)) ended_ = true;
  if (chunked_) {
    if (take_chunks(raw_, text_)) ended_ = true;
  } else {
    text_ += raw_;
    raw_.clear();
  }
  return true;
}

std::optional<Event> EventStream::take() {
  for (;;) {
    const std::size_t end = text_.find("\n\n");
    if (end == std::string::npos) return std::nullopt;
    std::string_view block = std::string_view(text_).substr(0, end + 1);
    Event event;
    while (!block.empty()) {
      const std::size_t stop = block.find('\n');
      const std::string_view line = block.substr(0, stop);
      block.remove_prefix(stop + 1);
      const auto field = [&](std::string_view name, std::string& into) {
        if (line.starts_with(name)) into += line.substr(name.size());
      };
      field("event: ", event.name);
      field("id: ", event.id);
      field("data: ", event.data);
    }
    text_.erase(0, end + 2);
    // A comment or a hint is no event.
    if (!event.name.empty() || !event.data.empty()) return event;
  }
}

std::optional<Event> EventStream::next(Duration within) {
  const Deadline deadline(within);
  for (;;) {
    if (auto event = take()) return event;
    if (!receive(deadline.left())) return std::nullopt;
  }
}

bool EventStream::ends(Duration within) {
  const Deadline deadline(within);
  while (!ended_ && receive(deadline.left())) {
  }
  return ended_;
}

void Person::keep_cookie(const Answer& answer) {
  const std::string set = answer.header("set-cookie");
  if (!set.empty()) cookie_ = set.substr(0, set.find(';'));
}

void Person::learn() {
  const Json me = get("/me").json();
  const Json& orgs = me.at("organizations");
  if (!orgs.is_array() || orgs.as_array().empty()) return;
  const Json& org = orgs.as_array().front();
  org_ = org.text("slug");
  org_id_ = org.text("id");
  if (const Json& teams = org.at("teams"); teams.is_array() && !teams.as_array().empty())
    team_ = teams.as_array().front().text("slug");
}

Answer Person::make_account(const Json& body) {
  Answer answer = post("/auth/signup", body);
  keep_cookie(answer);
  if (answer.status == 201) learn();
  return answer;
}

Answer Person::sign_up(const std::string& email, const std::string& password) {
  return make_account(
      Json::object({{"email", email}, {"password", password}, {"name", "Somebody"}}));
}

Answer Person::join(const std::string& email, const std::string& invitation) {
  return make_account(Json::object({{"email", email},
                                    {"password", kPassword},
                                    {"name", "Somebody"},
                                    {"invitation", invitation}}));
}

Answer Person::login(const std::string& email, const std::string& password) {
  Answer answer = post("/auth/login", Json::object({{"email", email}, {"password", password}}));
  keep_cookie(answer);
  if (answer.status == 200) learn();
  return answer;
}

Answer Person::send(std::string_view method, const std::string& path, const Json& body,
                    const Headers& headers, Duration within) const {
  Headers all = headers;
  if (!cookie_.empty()) all.try_emplace("cookie", cookie_);
  if (!address_.empty()) all.try_emplace("x-forwarded-for", address_);
  return request(port_, method, "/api/v1" + path, body.is_null() ? "" : body.dump(), all, within);
}

std::string Person::deployments(const std::string& name) const {
  std::string out = org() + "/teams/" + team_ + "/deployments";
  if (!name.empty()) out += "/" + name;
  return out;
}

Answer Person::deploy(const std::string& name, const Headers& headers) const {
  return send("POST", deployments(),
              Json::object({{"name", name},
                            {"image", "docker.io/library/nginx:1"},
                            {"port", 8080},
                            {"env", Json::object({{"MARK", "1"}})}}),
              headers);
}

std::string Person::phase(const std::string& name) const {
  return std::string(get(deployments(name)).json().text("phase"));
}

std::int64_t Person::used(const std::string& feature) const {
  const Json usage = get(org() + "/usage").json();
  const Json& items = usage.at("items");
  if (items.is_array())
    for (const Json& item : items.as_array())
      if (item.text("feature") == feature) return item.integer_or(-1, "used");
  return -1;
}

}  // namespace ks::test
