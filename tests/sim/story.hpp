#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/world.hpp"

// Worlds from seeds: tenants want, change and drop things, people edit and delete by hand, calls
// fail, watches break, operators die, are held up and come back. In the end, with the faults off,
// everything is as wanted and nothing is written any more; and no step on the way did harm.
namespace ks::sim {

// Which of a seed's acts are played. Each act draws from its own number, so that one left out does
// not change the others.
struct Script {
  std::uint64_t seed = 1;
  std::vector<int> acts;
  // Kinds of faults that are left out, as bits in the order of fault_names().
  std::uint32_t calm = 0;
};

// Everything that the seed has.
Script script_of(std::uint64_t seed);

// What went wrong; empty when all is well. Every change of the cluster is mixed into `trace`, so
// that two plays that differ anywhere have different ones.
std::vector<std::string> play(const Script& script, const World::Front& front = {},
                              std::uint64_t* trace = nullptr);

// The fewest acts and faults found with which it still goes wrong, after at most `plays` tries.
Script shrink(Script script, int plays = 400);

// What plays the script again, exactly.
std::string command(const Script& script);
// Its acts, one a line.
std::string describe(const Script& script);
std::vector<std::string> fault_names();

}  // namespace ks::sim
