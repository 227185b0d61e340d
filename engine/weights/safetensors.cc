#include "engine/weights/safetensors.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/checked.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"

namespace lathe {
namespace {

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kHeaderBytesMax = 100'000'000;  // The reference reader's limit.
// Ours. The largest published checkpoints have some 10,000 tensors, of rank 5 at most.
constexpr size_t kTensorsMax = 100'000;
constexpr size_t kNameBytesMax = 512;
constexpr size_t kRankMax = 8;

template <typename... Parts>
absl::Status Broken(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

// A tensor and where its data stands, relative to the end of the header.
struct Entry {
  TensorView tensor;
  uint64_t begin = 0;
  uint64_t end = 0;
};

absl::StatusOr<uint64_t> HeaderLength(absl::Span<const uint8_t> file) {
  if (file.size() < kLengthBytes) {
    return Broken("file of ", file.size(), " bytes, wanted at least the 8 of the header length");
  }
  uint64_t length;
  std::memcpy(&length, file.data(), sizeof(length));
  if (length > kHeaderBytesMax) {
    return Broken("header length ", length, ", wanted at most ", kHeaderBytesMax);
  }
  const std::optional<uint64_t> end = (Checked<uint64_t>(kLengthBytes) + length).value();
  if (!end || *end > file.size()) {
    return Broken("header length ", length, " reaches beyond the file's ", file.size(), " bytes");
  }
  return length;
}

// The header as JSON; each of a tensor's entry is about 10 values.
absl::StatusOr<JsonValue> ParseHeader(absl::Span<const uint8_t> file, uint64_t length) {
  JsonLimits limits;
  limits.bytes = kHeaderBytesMax;
  limits.depth = 8;
  const absl::string_view text(reinterpret_cast<const char*>(file.data()) + kLengthBytes, length);
  ASSIGN_OR_RETURN(JsonValue header, Annotate(ParseJson(text, limits), "header"));
  if (header.object() == nullptr) return Broken("header: got ", header.Describe(), ", wanted an object");
  return header;
}

absl::Status CheckMetadata(const JsonValue& metadata) {
  if (metadata.object() == nullptr) return Broken("__metadata__: got ", metadata.Describe(), ", wanted an object");
  for (const auto& [key, value] : *metadata.object()) {
    if (value.string() == nullptr) {
      return Broken("__metadata__: key ", Quoted(key), ": got ", value.Describe(), ", wanted a string");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKeys(const JsonValue& entry) {
  for (const auto& [key, value] : *entry.object()) {
    if (key != "dtype" && key != "shape" && key != "data_offsets") {
      return Broken("unknown key ", Quoted(key), ", wanted dtype, shape and data_offsets");
    }
  }
  for (const char* key : {"dtype", "shape", "data_offsets"}) {
    if (entry.Find(key) == nullptr) return Broken("no key \"", key, "\"");
  }
  return absl::OkStatus();
}

absl::StatusOr<WeightDType> ParseDType(const JsonValue& value) {
  if (value.string() == nullptr) return Broken("dtype: got ", value.Describe(), ", wanted a string");
  const std::optional<WeightDType> dtype = WeightDTypeNamed(*value.string());
  if (!dtype) return Broken("dtype: unknown type ", Quoted(*value.string()));
  return *dtype;
}

// An array of integers of at least 0.
absl::StatusOr<std::vector<int64_t>> ParseSizes(const JsonValue& value, absl::string_view key) {
  if (value.array() == nullptr) return Broken(key, ": got ", value.Describe(), ", wanted an array");
  std::vector<int64_t> sizes;
  for (const JsonValue& item : *value.array()) {
    const std::optional<int64_t> size = item.integer();
    if (!size || *size < 0) return Broken(key, ": got ", item.Describe(), ", wanted an integer from 0 to 2^63-1");
    sizes.push_back(*size);
  }
  return sizes;
}

// Bytes of a tensor.
absl::StatusOr<uint64_t> TensorBytes(absl::Span<const int64_t> shape, WeightDType dtype) {
  Checked<uint64_t> product(1);
  for (int64_t size : shape) product = product * Checked<uint64_t>(static_cast<uint64_t>(size));
  const std::optional<uint64_t> bits = (product * BitsPerElement(dtype)).value();
  if (!bits) return Broken("shape ", ShapeText(shape), " of ", Name(dtype), ": its size overflows 64 bits");
  if (*bits % 8 != 0)
    return Broken("shape ", ShapeText(shape), " of ", Name(dtype), ": ", *bits, " bits, no whole bytes");
  return *bits / 8;
}

absl::StatusOr<Entry> ParseEntry(const std::string& name, const JsonValue& value) {
  if (name.empty() || name.size() > kNameBytesMax) {
    return Broken("name of ", name.size(), " bytes, wanted 1 to ", kNameBytesMax);
  }
  if (value.object() == nullptr) return Broken("got ", value.Describe(), ", wanted an object");
  RETURN_IF_ERROR(CheckKeys(value));
  Entry entry;
  entry.tensor.name = name;
  ASSIGN_OR_RETURN(entry.tensor.dtype, ParseDType(*value.Find("dtype")));
  ASSIGN_OR_RETURN(entry.tensor.shape, ParseSizes(*value.Find("shape"), "shape"));
  const size_t rank = entry.tensor.shape.size();
  if (rank > kRankMax) return Broken("shape: rank ", rank, ", wanted at most ", kRankMax);
  ASSIGN_OR_RETURN(const std::vector<int64_t> offsets, ParseSizes(*value.Find("data_offsets"), "data_offsets"));
  if (offsets.size() != 2) return Broken("data_offsets: got ", offsets.size(), " numbers, wanted 2");
  entry.begin = static_cast<uint64_t>(offsets[0]);
  entry.end = static_cast<uint64_t>(offsets[1]);
  if (entry.end < entry.begin) return Broken("data_offsets: end ", entry.end, " before begin ", entry.begin);
  ASSIGN_OR_RETURN(const uint64_t bytes, TensorBytes(entry.tensor.shape, entry.tensor.dtype));
  if (bytes != entry.end - entry.begin) {
    return Broken("shape ", ShapeText(entry.tensor.shape), " of ", Name(entry.tensor.dtype), " is ", bytes,
                  " bytes, but data_offsets span ", entry.end - entry.begin);
  }
  return entry;
}

absl::StatusOr<std::vector<Entry>> ParseEntries(const JsonValue& header) {
  std::vector<Entry> entries;
  for (const auto& [name, value] : *header.object()) {
    if (name == "__metadata__") {
      RETURN_IF_ERROR(CheckMetadata(value));
      continue;
    }
    if (entries.size() == kTensorsMax) return Broken("more than ", kTensorsMax, " tensors");
    ASSIGN_OR_RETURN(Entry entry, Annotate(ParseEntry(name, value), absl::StrCat("tensor ", Quoted(name))));
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Sorts by place and checks that the tensors cover the `data_bytes` exactly.
absl::Status CheckLayout(std::vector<Entry>& entries, uint64_t data_bytes) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  uint64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered) {
      return Broken(
          "tensor ", Quoted(entry.tensor.name), ": data_offsets begin at ", entry.begin, ", wanted ", covered,
          entry.begin < covered ? ": it overlaps the tensor before it" : ": no tensor holds the bytes between");
    }
    if (entry.end > data_bytes) {
      return Broken("tensor ", Quoted(entry.tensor.name), ": data_offsets end at ", entry.end, ", beyond the file's ",
                    data_bytes, " bytes of data");
    }
    covered = entry.end;
  }
  if (covered != data_bytes) {
    return Broken("the tensors end at ", covered, ", but the file holds ", data_bytes, " bytes of data");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<TensorView>> ParseSafetensors(absl::Span<const uint8_t> file) {
  ASSIGN_OR_RETURN(const uint64_t header_bytes, HeaderLength(file));
  ASSIGN_OR_RETURN(const JsonValue header, ParseHeader(file, header_bytes));
  ASSIGN_OR_RETURN(std::vector<Entry> entries, ParseEntries(header));
  const absl::Span<const uint8_t> data = file.subspan(kLengthBytes + header_bytes);
  RETURN_IF_ERROR(CheckLayout(entries, data.size()));
  std::vector<TensorView> tensors;
  tensors.reserve(entries.size());
  for (Entry& entry : entries) {
    entry.tensor.bytes = data.subspan(entry.begin, entry.end - entry.begin);
    tensors.push_back(std::move(entry.tensor));
  }
  return tensors;
}

uint64_t SafetensorsHeaderBytes(absl::Span<const uint8_t> file) {
  const absl::StatusOr<uint64_t> length = HeaderLength(file);
  return length.ok() ? kLengthBytes + *length : 0;
}

}  // namespace lathe
