#pragma once

namespace ks::runtime {

// One pointer that goes with the fiber, or off fibers with the plain thread. It stays the fiber's
// own through every wait, whatever runs on the thread meanwhile; a fiber begins with none. Whoever
// sets it takes it back before what it points to ends. Not owned, and for src/trace alone: two who
// set it would have to know of each other.
void* carried() noexcept;
// Gives what was carried before.
void* carry(void* what) noexcept;

}  // namespace ks::runtime
