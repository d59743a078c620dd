#include "tests/process/child.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ks::test {

bool eventually(Duration within, const std::function<bool()>& question) {
  const SystemClock clock;
  const Time end = clock.monotonic() + within;
  for (;;) {
    if (question()) return true;
    if (clock.monotonic() >= end) return false;
    ::poll(nullptr, 0, 20);
  }
}

Child::Child(const std::vector<std::string>& command, const Environment& environment,
             std::string out_path, std::string err_path, const std::string& folder)
    : out_path_(std::move(out_path)), err_path_(std::move(err_path)) {
  // All memory is taken before the fork: other threads may hold the allocator's locks then.
  std::vector<std::string> pairs;
  for (const auto& [name, value] : environment) pairs.push_back(name + "=" + value);
  std::vector<char*> arguments, variables;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  for (const auto& pair : pairs) variables.push_back(const_cast<char*>(pair.c_str()));
  arguments.push_back(nullptr);
  variables.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid_ > 0) return;
  const int in = ::open("/dev/null", O_RDONLY);
  const int out = ::open(out_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int err = ::open(err_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  ::umask(077);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(125);
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  ::execve(arguments[0], arguments.data(), variables.data());
  ::_exit(127);
}

Child::~Child() { kill9(); }

void Child::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

void Child::kill9() {
  if (status_) return;
  ::kill(pid_, SIGKILL);
  (void)wait(seconds(60));
}

std::optional<int> Child::wait(Duration within) {
  if (status_) return status_;
  eventually(within, [&] {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
  });
  return status_;
}

std::string Child::out() const { return read_file(out_path_); }
std::string Child::err() const { return read_file(err_path_); }

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot be written: " + path);
}

}  // namespace ks::test
