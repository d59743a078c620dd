#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

#include "kube/https/transport.hpp"
#include "runtime/loop.hpp"

namespace ks::kube::https {

// One request on its way. The loop's thread writes what comes in, the caller reads it.
struct Transfer {
  Transfer(Request r, bool goes_on) : request(std::move(r)), streams(goes_on) {}
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Makes the curl handle. On the loop's thread.
  void prepare(const Endpoint& endpoint, bool fresh_connection);
  // After curl has ended the transfer with this code.
  void finish(int curl_code);
  void fail(std::string why);

  // curl's callbacks; each returns what curl wants.
  std::size_t on_data(const char* data, std::size_t size);
  std::size_t on_header(const char* data, std::size_t size);

  const Request request;
  const bool streams;

  void* easy = nullptr;           // CURL*; of the loop's thread.
  void* header_list = nullptr;    // curl_slist*
  std::array<char, 256> error{};  // CURL_ERROR_SIZE
  std::string partial;            // The line that is coming in.
  std::string abort_reason;

  std::mutex mutex;  // Guards what follows.
  Response response;
  bool status_known = false;
  bool done = false;
  bool paused = false;
  std::deque<std::string> lines;
  std::size_t line_bytes = 0;
  runtime::Event changed;
};

}  // namespace ks::kube::https
