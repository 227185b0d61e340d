#include "engine/weights/safetensors.h"

#include <cstring>
#include <filesystem>
#include <map>
#include <string>

#include "engine/base/file.h"
#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

const char kCorpus[] = LATHE_SOURCE_DIR "/engine/weights/corpus";

absl::Span<const uint8_t> Bytes(const std::string& text) {
  return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

std::string Corpus(const std::string& name) {
  return *ReadFile(std::string(kCorpus) + "/" + name + ".safetensors", 1 << 20);
}

// What each file that breaks a rule must be told. make_corpus.py writes the files.
const std::map<std::string, std::string>& WantedErrors() {
  static const auto* const errors = new std::map<std::string, std::string>{
      {"length_empty_file", "file of 0 bytes, wanted at least the 8"},
      {"length_seven_bytes", "file of 7 bytes, wanted at least the 8"},
      {"length_over_limit", "header length 100000001, wanted at most 100000000"},
      {"length_wraps", "header length 18446744073709551612, wanted at most"},
      {"length_beyond_file", "header length 3 reaches beyond the file's 10 bytes"},
      {"header_empty", "header: not valid JSON"},
      {"header_not_utf8", "header: not valid UTF-8"},
      {"header_not_json", "header: not valid JSON"},
      {"header_array", "header: got an array, wanted an object"},
      {"header_trailing_nul", "header: not valid JSON"},
      {"header_second_object", "header: not valid JSON"},
      {"header_deep", "header: JSON nested deeper than 8 levels"},
      {"header_tensor_twice", "header: key \"a\" stands twice"},
      {"header_tensor_twice_escaped", "header: key \"a\" stands twice"},
      {"header_shape_twice", "header: key \"shape\" stands twice"},
      {"metadata_list", "__metadata__: got an array, wanted an object"},
      {"metadata_number", "__metadata__: key \"epoch\": got the number 3, wanted a string"},
      {"metadata_twice", "header: key \"__metadata__\" stands twice"},
      {"entry_not_object", "tensor \"a\": got the number 7, wanted an object"},
      {"entry_no_dtype", "tensor \"a\": no key \"dtype\""},
      {"entry_no_shape", "tensor \"a\": no key \"shape\""},
      {"entry_no_offsets", "tensor \"a\": no key \"data_offsets\""},
      {"entry_unknown_key", "tensor \"a\": unknown key \"stride\""},
      {"entry_unknown_dtype", "tensor \"a\": dtype: unknown type \"F33\""},
      {"entry_dtype_number", "tensor \"a\": dtype: got the number 32, wanted a string"},
      {"entry_negative_size", "tensor \"a\": shape: got the number -2, wanted an integer from 0"},
      {"entry_fractional_size", "tensor \"a\": shape: got the number 2, wanted an integer from 0"},
      {"entry_shape_number", "tensor \"a\": shape: got the number 2, wanted an array"},
      {"entry_three_offsets", "tensor \"a\": data_offsets: got 3 numbers, wanted 2"},
      {"entry_negative_offset", "tensor \"a\": data_offsets: got the number -8"},
      {"entry_end_before_begin", "tensor \"a\": data_offsets: end 0 before begin 8"},
      {"entry_no_name", "tensor \"\": name of 0 bytes, wanted 1 to 512"},
      {"entry_long_name", "name of 513 bytes, wanted 1 to 512"},
      {"entry_rank_nine", "tensor \"a\": shape: rank 9, wanted at most 8"},
      {"size_too_few_bytes", "tensor \"a\": shape [3] of F32 is 12 bytes, but data_offsets span 8"},
      {"size_too_many_bytes", "tensor \"a\": shape [1] of F32 is 4 bytes, but data_offsets span 8"},
      {"size_product_wraps_to_zero", "tensor \"a\": shape [4294967296, 4294967296] of F32: its size overflows"},
      {"size_product_wraps_to_eight", "its size overflows"},
      {"size_bits_wrap", "its size overflows"},
      {"size_half_byte", "tensor \"a\": shape [3] of F4: 12 bits, no whole bytes"},
      {"size_offset_over_int64", "tensor \"a\": data_offsets: got the number 1.84467e+19, wanted an integer"},
      {"layout_starts_late", "tensor \"a\": data_offsets begin at 4, wanted 0: no tensor holds"},
      {"layout_hole", "tensor \"b\": data_offsets begin at 12, wanted 8: no tensor holds"},
      {"layout_overlap", "tensor \"b\": data_offsets begin at 4, wanted 8: it overlaps"},
      {"layout_same_bytes", "tensor \"b\": data_offsets begin at 0, wanted 8: it overlaps"},
      {"layout_trailing_byte", "the tensors end at 8, but the file holds 9 bytes of data"},
      {"layout_missing_byte", "tensor \"a\": data_offsets end at 8, beyond the file's 7 bytes"},
      {"layout_data_without_tensors", "the tensors end at 0, but the file holds 1 bytes of data"},
  };
  return *errors;
}

TEST(Safetensors, EveryBrokenRuleIsNamed) {
  for (const auto& [name, message] : WantedErrors()) {
    EXPECT_THAT(ParseSafetensors(Bytes(Corpus(name))), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)))
        << name;
  }
}

TEST(Safetensors, EveryCorpusFileIsJudged) {
  size_t broken = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    const std::string name = entry.path().stem().string();
    if (name.rfind("ok_", 0) == 0) {
      EXPECT_OK(ParseSafetensors(Bytes(Corpus(name)))) << name;
    } else {
      EXPECT_EQ(WantedErrors().count(name), 1u) << name;
      ++broken;
    }
  }
  EXPECT_EQ(broken, WantedErrors().size());
}

TEST(Safetensors, TensorsComeInTheOrderOfTheirData) {
  const std::string file = Corpus("ok_two");
  ASSERT_OK_AND_ASSIGN(auto tensors, ParseSafetensors(Bytes(file)));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_EQ(tensors[1].name, "b");
  EXPECT_EQ(tensors[1].dtype, WeightDType::kF16);
  EXPECT_EQ(tensors[1].shape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(tensors[1].bytes.data(), Bytes(file).data() + file.size() - 8);
  EXPECT_EQ(tensors[1].bytes[0], 8);
}

TEST(Safetensors, ScalarsAndEmptyTensorsHaveTheirPlace) {
  const std::string file = Corpus("ok_scalar_and_empty");
  ASSERT_OK_AND_ASSIGN(auto tensors, ParseSafetensors(Bytes(file)));
  ASSERT_EQ(tensors.size(), 3u);
  EXPECT_EQ(tensors[1].name, "s");
  EXPECT_EQ(tensors[1].elements(), 1);
  EXPECT_EQ(tensors[2].elements(), 0);
}

// Cutting a file anywhere is seen, and never read past.
TEST(Safetensors, EveryTruncationIsRefused) {
  const std::string file = Corpus("ok_two");
  for (size_t size = 0; size < file.size(); ++size) {
    const std::string cut = file.substr(0, size);  // Its own allocation, so that asan sees a read past its end.
    EXPECT_THAT(ParseSafetensors(Bytes(cut)), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
}

TEST(Safetensors, TooManyTensorsAreRefused) {
  std::string header = "{";
  for (int i = 0; i <= 100'000; ++i) {
    header += (i ? ",\"" : "\"") + std::to_string(i) + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
  }
  header += "}";
  const uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  EXPECT_THAT(ParseSafetensors(Bytes(file + header)),
              StatusIs(absl::StatusCode::kInvalidArgument, "more than 100000 tensors"));
}

}  // namespace
}  // namespace lathe
