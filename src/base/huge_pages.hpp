#pragma once

#include <memory_resource>

namespace ks {

// Memory for small values that are many, live long and are read in no order: in pages of 2 MiB
// where the kernel has them to give (madvise(2), MADV_HUGEPAGE). In pages of 4 KiB most such reads
// miss the processor's cache of addresses too, and wait for several reads instead of one. From any
// thread. What is freed is kept for the next value, so that the memory is that of the most there
// ever were at once: use it for what has a bound. Plain memory under AddressSanitizer, which sees
// each value end. Lives as long as the program.
std::pmr::memory_resource& huge_pages();

}  // namespace ks
