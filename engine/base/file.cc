#include "engine/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status SystemError(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": ", std::strerror(error));
  return error == ENOENT || error == ENOTDIR ? absl::NotFoundError(message) : absl::ErrnoToStatus(error, message);
}

// Opens a regular file and says how large it is.
absl::StatusOr<size_t> OpenRegular(const std::string& path, const Descriptor& file) {
  if (file.get() < 0) return SystemError(path, errno);
  struct stat info;
  if (fstat(file.get(), &info) != 0) return SystemError(path, errno);
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, ": not a regular file"));
  return static_cast<size_t>(info.st_size);
}

// Non-blocking, so that opening a named pipe returns at once and is then refused as no regular file.
int OpenForReading(const std::string& path) { return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  const Descriptor file(OpenForReading(path));
  ASSIGN_OR_RETURN(const size_t size, OpenRegular(path, file));
  if (size > bytes_max) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", size, " bytes, wanted at most ", bytes_max));
  }
  std::string text(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t got = read(file.get(), text.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  text.resize(done);
  return text;
}

absl::StatusOr<std::unique_ptr<MappedFile>> MappedFile::Open(const std::string& path) {
  const Descriptor file(OpenForReading(path));
  ASSIGN_OR_RETURN(const size_t size, OpenRegular(path, file));
  const uint8_t* data = nullptr;
  if (size > 0) {
    void* mapping = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (mapping == MAP_FAILED) return SystemError(path, errno);
    data = static_cast<const uint8_t*>(mapping);
  }
  return std::unique_ptr<MappedFile>(new MappedFile(path, data, size));
}

void ReleasePages(const uint8_t* data, size_t size) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t skipped = (page - reinterpret_cast<uintptr_t>(data) % page) % page;
  if (size < skipped + page) return;
  const size_t bytes = (size - skipped) / page * page;
  madvise(const_cast<uint8_t*>(data + skipped), bytes, MADV_DONTNEED);  // Advice: no harm if it fails.
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<uint8_t*>(data_), size_);
}

}  // namespace lathe
