#include "engine/runtime/page_buffer.h"

#include <sys/mman.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace lathe {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<PageBuffer>> PageBuffer::Allocate(int64_t bytes) {
  const size_t wanted = static_cast<size_t>(std::max<int64_t>(bytes, 1));
  const bool large = wanted >= kHugePage;
  const size_t mapping_bytes = wanted + (large ? kHugePage : 0);
  void* mapping = mmap(nullptr, mapping_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return absl::ResourceExhaustedError(absl::StrCat("no memory for ", bytes, " bytes"));
  char* data = static_cast<char*>(mapping);
  if (large) {
    data += (kHugePage - reinterpret_cast<uintptr_t>(data) % kHugePage) % kHugePage;
    madvise(data, wanted, MADV_HUGEPAGE);  // Advice: where it is not taken, small pages serve.
  }
  return std::unique_ptr<PageBuffer>(new PageBuffer(mapping, mapping_bytes, data, static_cast<int64_t>(wanted)));
}

PageBuffer::~PageBuffer() { munmap(mapping_, mapping_bytes_); }

}  // namespace lathe
