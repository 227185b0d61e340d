// Reading files: whole into a string, or mapped read-only.
#ifndef LATHE_ENGINE_BASE_FILE_H_
#define LATHE_ENGINE_BASE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

// Reads the regular file at `path`, at most `bytes_max` bytes.
// Errors: NOT_FOUND (no such file), INVALID_ARGUMENT (no regular file, or larger than `bytes_max`), else what the
// system said. Every message begins with the path.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// Lets the system take back the memory behind a part of a MappedFile that was read and is not needed again soon;
// reading it again reads the file again. Whole pages inside the part only.
void ReleasePages(const uint8_t* data, size_t size);

// A private read-only mapping of a whole file, held until destroyed. Thread-safe once made.
// A file that is truncated while mapped raises SIGBUS on access, as the system defines: callers copy what they keep and
// let the mapping go soon.
class MappedFile {
 public:
  // Errors: as ReadFile.
  static absl::StatusOr<std::unique_ptr<MappedFile>> Open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  MappedFile(std::string path, const uint8_t* data, size_t size) : path_(std::move(path)), data_(data), size_(size) {}

  std::string path_;
  const uint8_t* data_;
  size_t size_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_BASE_FILE_H_
