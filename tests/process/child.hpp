#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/clock.hpp"

namespace ks::test {

// Asks again and again until the answer is yes or the time is over; the last answer.
bool eventually(Duration within, const std::function<bool()>& question);

using Environment = std::map<std::string, std::string>;

// A program that runs beside the test and never outlives it. Its output goes to two files.
class Child {
 public:
  // Gets this environment and no other, and works in this folder, or in the test's own. Ends with
  // the thread that makes it: make it from the test's main thread.
  Child(const std::vector<std::string>& command, const Environment& environment,
        std::string out_path, std::string err_path, const std::string& folder = ".");
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // kill -9, and gone when this returns.
  void kill9();
  // The exit status, 128 + N after signal N; nullopt while it still runs.
  std::optional<int> wait(Duration within);
  bool running() { return !wait(Duration{}); }

  std::string out() const;
  std::string err() const;

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
  std::string out_path_;
  std::string err_path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

}  // namespace ks::test
