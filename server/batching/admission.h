// First admission: bounds what is in flight in the whole server before any work is done for a call.
//
//   std::optional<Admission::Permit> permit = admission.TryEnter(request_bytes);
//   if (!permit) return errors::TooManyCalls(...);
//
// Everything that a call makes the server hold (its texts, its place in the workers' queue) is bounded by what was
// admitted here; the second admission, by tokens, is the batcher's.
#ifndef LATHE_SERVER_BATCHING_ADMISSION_H_
#define LATHE_SERVER_BATCHING_ADMISSION_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"

namespace lathe {

// Thread-safe. Outlives its permits.
class Admission {
 public:
  struct Limits {
    int64_t calls = 16384;
    int64_t bytes = int64_t{256} << 20;
  };

  // Holds a place until destroyed.
  class Permit {
   public:
    Permit(Permit&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)), bytes_(other.bytes_) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(admission_, other.admission_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Permit() {
      if (admission_ != nullptr) admission_->Leave(bytes_);
    }

   private:
    friend class Admission;
    Permit(Admission* admission, int64_t bytes) : admission_(admission), bytes_(bytes) {}
    Admission* admission_;
    int64_t bytes_;
  };

  explicit Admission(Limits limits) : limits_(limits) {}

  // A place for one call of `bytes`, or nothing when that would pass a limit. A single call above the limit in bytes is
  // let in when it is alone, so that the limit delays large calls and never forbids them.
  std::optional<Permit> TryEnter(int64_t bytes) {
    MutexLock lock(&mutex_);
    const bool fits = calls_ < limits_.calls && (calls_ == 0 || bytes <= limits_.bytes - bytes_);
    if (!fits) return std::nullopt;
    ++calls_;
    bytes_ += bytes;
    return Permit(this, bytes);
  }

  int64_t calls() const {
    MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  void Leave(int64_t bytes) {
    MutexLock lock(&mutex_);
    --calls_;
    bytes_ -= bytes;
  }

  const Limits limits_;
  mutable Mutex mutex_;
  int64_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_ADMISSION_H_
