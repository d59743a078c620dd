#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "domain/ids.hpp"

namespace ks::api {

// Who takes something away at the moment. An export reads the database for as long as its client
// takes parts, so how many run has a bound: of one person, of one organization, and in this
// process. From any thread.
class ExportSeats {
 public:
  struct Bounds {
    std::size_t per_person = 1;
    std::size_t per_org = 3;
    std::size_t all = 32;
  };
  // The right to one export; given back when the last copy goes. It may outlive the seats.
  using Seat = std::shared_ptr<const void>;

  explicit ExportSeats(Bounds bounds);
  ExportSeats() : ExportSeats(Bounds{}) {}

  // Null where one of the bounds is reached.
  Seat take(const UserId& user, const OrgId& org);

 private:
  struct Taken {
    explicit Taken(Bounds b) : bounds(b) {}
    bool sit(const std::string& user, const std::string& org);
    void rise(const std::string& user, const std::string& org);
    const Bounds bounds;
    std::mutex mutex;
    std::size_t all = 0;
    std::unordered_map<std::string, std::size_t> of;  // By id; persons and organizations alike.
  };
  std::shared_ptr<Taken> taken_;
};

}  // namespace ks::api
