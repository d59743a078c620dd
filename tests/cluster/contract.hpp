#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kube/cluster.hpp"

// What the contract suite needs of the cluster that it runs on.
namespace ks::contract {

// The bound of an answer to its cluster's client.
inline constexpr std::size_t kAnswerBytesMax = 256 << 10;

class Rig {
 public:
  virtual ~Rig() = default;
  virtual kube::Cluster& cluster() = 0;
  // Lets the cluster work until `done`, or until it should have been done long ago; the last answer
  // of `done`.
  virtual bool until(const std::function<bool()>& done) = 0;
  // Makes the cluster forget the past, so that version 1 is too old; false where that cannot be
  // done.
  virtual bool forget_past() = 0;
  // A name that nobody has used.
  virtual std::string fresh_name(const char* stem) = 0;
};

// nullptr when there is no cluster to run on and none is required.
Rig* rig();

}  // namespace ks::contract
