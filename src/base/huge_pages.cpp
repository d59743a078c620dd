#include "base/huge_pages.hpp"

#include <cstddef>
#include <memory>
#include <new>

#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define KS_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KS_ADDRESS_SANITIZER
#endif
#endif

namespace ks {

namespace {

constexpr std::size_t kPage = 2 * 1024 * 1024;

// Of the pools' chunks: whole pages for the big ones. The first ones are small, and so is an idle
// program.
class Pages final : public std::pmr::memory_resource {
  static std::size_t whole(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }
  static bool is_big(std::size_t bytes) { return bytes >= kPage / 2; }

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (!is_big(bytes)) return ::operator new(bytes, std::align_val_t{alignment});
    void* out = ::operator new(whole(bytes), std::align_val_t{kPage});
    // Advice: without, it is memory like any other.
    static_cast<void>(::madvise(out, whole(bytes), MADV_HUGEPAGE));
    return out;
  }
  void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override {
    if (is_big(bytes))
      ::operator delete(at, whole(bytes), std::align_val_t{kPage});
    else
      ::operator delete(at, bytes, std::align_val_t{alignment});
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

}  // namespace

std::pmr::memory_resource& huge_pages() {
#ifdef KS_ADDRESS_SANITIZER
  return *std::pmr::new_delete_resource();
#else
  // Never ended: values may outlive whatever is ended at exit.
  static auto* const kPages = new Pages;
  // Chunks of at most a page, at a kilobyte a value.
  static auto* const kPools = new std::pmr::synchronized_pool_resource({2000, 4096}, kPages);
  return *kPools;
#endif
}

}  // namespace ks
