#include "engine/passes/pass_test_util.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

// Batches of many shapes: one token; one long sequence; sequences of one token each; in between.
constexpr Extents kBatches[] = {{1, 1}, {7, 1}, {4, 4}, {11, 3}};

// Writes `text` to a file of this test's own and returns its path.
std::string WriteTemporary(absl::string_view suffix, absl::string_view text) {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const std::string path =
      absl::StrCat(testing::TempDir(), "/", info->test_suite_name(), ".", info->name(), ".", suffix);
  std::FILE* file = std::fopen(path.c_str(), "w");
  EXPECT_NE(file, nullptr) << path;
  if (file == nullptr) return path;
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size()) << path;
  std::fclose(file);
  return path;
}

// Runs FileCheck and returns what it complains about; empty if the output fits.
std::string FileCheck(absl::string_view output, absl::string_view checks) {
  if (absl::string_view(LATHE_FILECHECK).find("NOTFOUND") != absl::string_view::npos) {
    return "FileCheck was not found when the build was configured: install llvm-19-tools";
  }
  const std::string command =
      absl::StrCat(LATHE_FILECHECK, " ", WriteTemporary("checks", checks),
                   " --input-file=", WriteTemporary("output", output), " --dump-input=never 2>&1");
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return absl::StrCat("cannot run ", command);
  std::string complaint;
  std::array<char, 4096> buffer;
  for (size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) complaint.append(buffer.data(), n);
  const int status = pclose(pipe);
  return status == 0 ? "" : absl::StrCat(complaint, "FileCheck exited with ", status);
}

// The number of rows that ids from `input` may index: the smallest table it is used with, or a few positions.
int64_t IdLimit(const Graph& graph, const Node* input) {
  int64_t limit = 16;
  for (const Node* user : graph.Users(input)) {
    if (user->op() == Op::kEmbedding) limit = std::min(limit, user->input(0)->type().shape[0].constant);
  }
  return limit;
}

Tensor RandomIds(int64_t count, int64_t limit, std::mt19937_64& random) {
  Tensor ids(DType::kI32, {count});
  for (int32_t& id : ids.mutable_data<int32_t>()) {
    id = static_cast<int32_t>(random() % static_cast<uint64_t>(std::max<int64_t>(limit, 1)));
  }
  return ids;
}

// 0, then N ascending ends, the last of them T; no sequence is empty.
Tensor RandomCuSeqlens(const Extents& extents, std::mt19937_64& random) {
  std::vector<int32_t> ends;
  for (int64_t t = 1; t < extents.tokens; ++t) ends.push_back(static_cast<int32_t>(t));
  std::shuffle(ends.begin(), ends.end(), random);
  ends.resize(static_cast<size_t>(extents.sequences) - 1);
  ends.push_back(0);
  ends.push_back(static_cast<int32_t>(extents.tokens));
  std::sort(ends.begin(), ends.end());
  return Tensor::Of<int32_t>({extents.sequences + 1}, ends);
}

// Whether two elements count as the same. `bound` is absolute.
bool Same(float before, float after, double bound) {
  if (std::isnan(before) || std::isnan(after)) return std::isnan(before) && std::isnan(after);
  if (std::isinf(before) || std::isinf(after)) return before == after;
  return std::fabs(static_cast<double>(before) - after) <= bound;
}

void ExpectSameTensor(const Tensor& before, const Tensor& after, double tolerance) {
  ASSERT_EQ(before.dtype(), after.dtype());
  ASSERT_EQ(before.shape(), after.shape());
  const Tensor a = Cast(before, DType::kF32);
  const Tensor b = Cast(after, DType::kF32);
  double largest = 0;
  for (const float value : a.data<float>()) {
    if (std::isfinite(value)) largest = std::max(largest, std::fabs(static_cast<double>(value)));
  }
  for (int64_t i = 0; i < a.size(); ++i) {
    ASSERT_TRUE(Same(a.data<float>()[i], b.data<float>()[i], tolerance * (1 + largest)))
        << "element " << i << ": before " << a.data<float>()[i] << ", after " << b.data<float>()[i];
  }
}

}  // namespace

Tensor RandomTensor(const Type& type, const Extents& extents, uint64_t seed) {
  std::vector<int64_t> shape;
  for (const Dim& dim : type.shape) shape.push_back(dim.Evaluate(extents));
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  Tensor floats(DType::kF32, std::move(shape));
  for (float& value : floats.mutable_data<float>()) value = normal(random);
  if (type.dtype == DType::kI32 || type.dtype == DType::kS8) {
    for (float& value : floats.mutable_data<float>()) value *= 10;
  }
  return Cast(floats, type.dtype);
}

ConstantResolver RandomConstants(uint64_t seed) {
  return [seed](absl::string_view name, const Type& type) -> absl::StatusOr<std::shared_ptr<const ConstantSource>> {
    const uint64_t mixed = seed * 1000003 + std::hash<std::string>()(std::string(name));
    return MakeConstantSource(RandomTensor(type, {}, mixed), name);
  };
}

std::vector<Tensor> RandomInputs(const Graph& graph, const Extents& extents, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Tensor> inputs;
  for (const Node* input : graph.inputs()) {
    if (input->type() == Type{DType::kI32, {Dim::N() + 1}}) {
      inputs.push_back(RandomCuSeqlens(extents, random));
    } else if (input->type().dtype == DType::kI32 && input->type().rank() == 1) {
      inputs.push_back(RandomIds(input->type().shape[0].Evaluate(extents), IdLimit(graph, input), random));
    } else {
      inputs.push_back(RandomTensor(input->type(), extents, random()));
    }
  }
  return inputs;
}

void ExpectSameResults(const Graph& before, const Graph& after, uint64_t seed, double tolerance) {
  for (const Extents& extents : kBatches) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", T = ", extents.tokens, ", N = ", extents.sequences));
    const std::vector<Tensor> inputs = RandomInputs(before, extents, seed);
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> wanted, Evaluate(before, inputs, extents));
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> got, Evaluate(after, inputs, extents));
    ASSERT_EQ(wanted.size(), got.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
      SCOPED_TRACE(absl::StrCat("output ", i));
      ExpectSameTensor(wanted[i], got[i], tolerance);
    }
  }
}

void RunAndFileCheck(absl::string_view text, const Pass& pass, absl::string_view checks, double tolerance) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Parse(text, RandomConstants(1)));
  const Graph before = graph.Clone();
  ASSERT_OK_AND_ASSIGN(const bool changed, pass(graph));
  EXPECT_TRUE(changed);
  ASSERT_OK(Verify(graph));
  const std::string output = Print(graph);
  const std::string complaint = FileCheck(output, checks);
  EXPECT_TRUE(complaint.empty()) << complaint << "\nThe graph after the pass:\n" << output;
  ExpectSameResults(before, graph, 1, tolerance);
}

void ExpectNoChange(absl::string_view text, const Pass& pass) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Parse(text, RandomConstants(1)));
  const std::string before = Print(graph);
  EXPECT_THAT(pass(graph), IsOkAndHolds(false));
  EXPECT_EQ(Print(graph), before);
}

}  // namespace lathe
