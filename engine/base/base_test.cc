#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

#include "engine/base/checked.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

TEST(Checked, RemembersOverflowThroughLaterSteps) {
  EXPECT_EQ((Checked<uint64_t>(8) + 3 * 4).value(), 20u);
  const uint64_t large = std::numeric_limits<uint64_t>::max();
  EXPECT_FALSE((Checked<uint64_t>(large) + 1).value().has_value());
  EXPECT_FALSE((Checked<uint64_t>(large) * 2 - large).value().has_value());
  EXPECT_FALSE((Checked<uint64_t>(1) - 2).value().has_value());
  EXPECT_FALSE((Checked<int64_t>(std::numeric_limits<int64_t>::min()) - 1).value().has_value());
}

TEST(File, ErrorsNameThePathAndTheReason) {
  EXPECT_THAT(ReadFile("/no/such", 10), StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such: No such file")));
  EXPECT_THAT(ReadFile("/", 10), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a regular file")));
  const std::string path = testing::TempDir() + "/eleven";
  std::ofstream(path) << "hello world";
  EXPECT_THAT(ReadFile(path, 11), IsOkAndHolds("hello world"));
  EXPECT_THAT(ReadFile(path, 10),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("11 bytes, wanted at most 10")));
  ASSERT_OK_AND_ASSIGN(auto mapped, MappedFile::Open(path));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(mapped->data()), mapped->size()), "hello world");
}

TEST(File, ReleasedPagesReadTheSameAgain) {
  const std::string path = testing::TempDir() + "/pages";
  std::string text(100000, 'a');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
  std::ofstream(path) << text;
  ASSERT_OK_AND_ASSIGN(auto mapped, MappedFile::Open(path));
  for (const auto& [begin, size] : {std::pair<size_t, size_t>{0, 100000}, {5000, 90000}, {17, 100}, {0, 0}}) {
    ReleasePages(mapped->data() + begin, size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(mapped->data()), mapped->size()), text);
  }
}

TEST(File, AnEmptyFileIsReadAndMapped) {
  const std::string path = testing::TempDir() + "/empty";
  std::ofstream file(path);
  file.close();
  EXPECT_THAT(ReadFile(path, 10), IsOkAndHolds(""));
  ASSERT_OK_AND_ASSIGN(auto mapped, MappedFile::Open(path));
  EXPECT_EQ(mapped->size(), 0u);
}

TEST(Annotate, PutsThePlaceFirstAndKeepsTheCode) {
  EXPECT_THAT(Annotate(absl::NotFoundError("no key"), "a.yaml"),
              StatusIs(absl::StatusCode::kNotFound, "a.yaml: no key"));
  EXPECT_OK(Annotate(absl::OkStatus(), "a.yaml"));
}

}  // namespace
}  // namespace lathe
