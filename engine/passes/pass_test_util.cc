#include "engine/passes/pass_test_util.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

// Batches of many shapes: one token; one long sequence; sequences of one token each; in between.
constexpr Extents kBatches[] = {{1, 1}, {7, 1}, {4, 4}, {11, 3}};

// Writes `text` to a file of this test's own and returns its path.
std::string WriteTemporary(absl::string_view suffix, absl::string_view text) {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::string path = absl::StrCat(testing::TempDir(), "/", info->test_suite_name(), ".", info->name(), ".", suffix);
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

// Whether two elements count as the same. `bound` is absolute.
bool Same(float before, float after, double bound) {
  if (std::isnan(before) || std::isnan(after)) return std::isnan(before) && std::isnan(after);
  if (std::isinf(before) || std::isinf(after)) return before == after;
  return std::fabs(static_cast<double>(before) - after) <= bound;
}

}  // namespace

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

ConstantResolver RandomConstants(uint64_t seed) {
  return [seed](absl::string_view name, const Type& type) -> absl::StatusOr<std::shared_ptr<const ConstantSource>> {
    const uint64_t mixed = seed * 1000003 + std::hash<std::string>()(std::string(name));
    return MakeConstantSource(RandomTensor(type, {}, mixed), name);
  };
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
