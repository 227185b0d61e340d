#include "engine/weights/weights.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"
#include "engine/weights/content.h"
#include "engine/weights/safetensors_index.h"

namespace lathe {
namespace {

constexpr char kSingleFile[] = "model.safetensors";
constexpr char kIndexFile[] = "model.safetensors.index.json";
constexpr size_t kIndexBytesMax = size_t{100} << 20;

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

// FNV-1a, 64 bits: spreads well enough to tell checkpoints apart, and is the same in every run.
// Source: Fowler, Noll, Vo, IETF draft-eastlake-fnv.
class Fingerprint {
 public:
  void Add(absl::Span<const uint8_t> bytes) {
    for (uint8_t byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001b3u;
  }
  void Add(absl::string_view text) {
    Add(absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
    Add(absl::MakeConstSpan(&kEnd, 1));
  }
  std::string Text() const { return absl::StrCat(absl::Hex(hash_, absl::kZeroPad16)); }

 private:
  static constexpr uint8_t kEnd = 0xff;  // In no UTF-8 text, so ("ab", "c") and ("a", "bc") differ.
  uint64_t hash_ = 0xcbf29ce484222325u;
};

// Modification time in nanoseconds; 0 when the system does not say.
int64_t ModificationTime(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return 0;
  return int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

}  // namespace

// Gathers files and tensors into a Weights.
class WeightsBuilder {
 public:
  explicit WeightsBuilder(std::string path) : weights_(new Weights()) { weights_->path_ = std::move(path); }

  // Adds a file's tensors; a name that an earlier file has is refused.
  absl::Status AddFile(const std::string& path) {
    ASSIGN_OR_RETURN(std::unique_ptr<MappedFile> file, MappedFile::Open(path));
    const absl::Span<const uint8_t> bytes(file->data(), file->size());
    ASSIGN_OR_RETURN(const WeightFormat* format, Annotate(FormatOf(bytes), path));
    ASSIGN_OR_RETURN(std::vector<TensorView> tensors, Annotate(format->parse(bytes), path));
    for (TensorView& tensor : tensors) {
      tensor.file = &file->path();
      RETURN_IF_ERROR(AddTensor(std::move(tensor)));
    }
    fingerprint_.Add(
        absl::StrCat(std::filesystem::path(path).filename().string(), "|", file->size(), "|", ModificationTime(path)));
    fingerprint_.Add(bytes.subspan(0, format->header_bytes(bytes)));
    weights_->files_.push_back(std::move(file));
    return absl::OkStatus();
  }

  // Checks that the file added last holds `names`.
  absl::Status CheckHolds(const std::vector<std::string>& names) {
    const std::string& path = weights_->files_.back()->path();
    for (const std::string& name : names) {
      const TensorView* tensor = weights_->Find(name);
      if (tensor != nullptr && *tensor->file == path) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": tensor ", Quoted(name), ": not in this file, though ", weights_->path_, " says so"));
    }
    return absl::OkStatus();
  }

  std::shared_ptr<const Weights> Finish() {
    weights_->identity_ = fingerprint_.Text();
    return std::move(weights_);
  }

 private:
  absl::Status AddTensor(TensorView tensor) {
    const auto [known, is_new] = weights_->by_name_.emplace(tensor.name, weights_->tensors_.size());
    if (!is_new) {
      const TensorView& other = weights_->tensors_[known->second];
      return absl::InvalidArgumentError(absl::StrCat(Place(tensor), ": also in ", *other.file));
    }
    weights_->tensors_.push_back(std::move(tensor));
    return absl::OkStatus();
  }

  std::unique_ptr<Weights> weights_;
  Fingerprint fingerprint_;
};

namespace {

absl::StatusOr<std::shared_ptr<const Weights>> LoadSingle(const std::string& path) {
  WeightsBuilder builder(path);
  RETURN_IF_ERROR(builder.AddFile(path));
  return builder.Finish();
}

absl::StatusOr<std::shared_ptr<const Weights>> LoadShards(const std::string& index_path) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(index_path, kIndexBytesMax));
  ASSIGN_OR_RETURN(const ShardMap shards, Annotate(ParseSafetensorsIndex(json), index_path));
  const std::filesystem::path folder = std::filesystem::path(index_path).parent_path();
  WeightsBuilder builder(index_path);
  for (const auto& [file, tensors] : shards) {
    RETURN_IF_ERROR(builder.AddFile((folder / file).string()));
    RETURN_IF_ERROR(builder.CheckHolds(tensors));
  }
  return builder.Finish();
}

}  // namespace

const TensorView* Weights::Find(absl::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &tensors_[found->second];
}

absl::StatusOr<std::shared_ptr<const Weights>> LoadWeights(const std::string& path) {
  if (!IsFolder(path)) return absl::EndsWith(path, ".index.json") ? LoadShards(path) : LoadSingle(path);
  const std::string folder(absl::StripSuffix(path, "/"));
  const std::string single = absl::StrCat(folder, "/", kSingleFile);
  const std::string index = absl::StrCat(folder, "/", kIndexFile);
  if (Exists(single)) return LoadSingle(single);
  if (Exists(index)) return LoadShards(index);
  return absl::NotFoundError(absl::StrCat(folder, ": no weights here: wanted ", kSingleFile, " or ", kIndexFile));
}

}  // namespace lathe
