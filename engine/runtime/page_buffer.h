// Large anonymous memory: packed weights and arenas.
#ifndef LATHE_ENGINE_RUNTIME_PAGE_BUFFER_H_
#define LATHE_ENGINE_RUNTIME_PAGE_BUFFER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"

namespace lathe {

// Zeroed pages, aligned to 2 MiB where large, for which huge pages are asked: weights are streamed once per batch, and
// with 4 KiB pages the walk of the page tables costs a good part of the bandwidth. Given back to the system when
// destroyed.
class PageBuffer {
 public:
  // Errors: RESOURCE_EXHAUSTED (the system gives no such mapping).
  static absl::StatusOr<std::unique_ptr<PageBuffer>> Allocate(int64_t bytes);
  ~PageBuffer();
  PageBuffer(const PageBuffer&) = delete;
  PageBuffer& operator=(const PageBuffer&) = delete;

  char* data() const { return data_; }
  int64_t size() const { return size_; }

 private:
  PageBuffer(void* mapping, size_t mapping_bytes, char* data, int64_t size)
      : mapping_(mapping), mapping_bytes_(mapping_bytes), data_(data), size_(size) {}

  void* mapping_;
  size_t mapping_bytes_;
  char* data_;
  int64_t size_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_RUNTIME_PAGE_BUFFER_H_
