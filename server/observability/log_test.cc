#include "server/observability/log.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "server/observability/json_text.h"

namespace lathe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// 2026-01-31T12:00:00.123456Z.
absl::Time SomeTime() { return absl::FromUnixMicros(1769860800123456); }

std::string Json(absl::string_view message, const std::vector<LogField>& fields) {
  return FormatLogLine(LogFormat::kJson, SomeTime(), LogLevel::kInfo, message, fields);
}

TEST(FormatLogLineTest, WritesJson) {
  EXPECT_EQ(
      Json("model ready", {{"model", "sentiment"}, {"version", 2}, {"load_seconds", 1.25}, {"warm", true}}),
      "{\"ts\":\"2026-01-31T12:00:00.123456Z\",\"level\":\"info\",\"msg\":\"model ready\",\"model\":\"sentiment\","
      "\"version\":2,\"load_seconds\":1.25,\"warm\":true}");
}

TEST(FormatLogLineTest, WritesText) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kText, SomeTime(), LogLevel::kError, "no\nluck", {{{"port", 80}, {"why", "a\nb"}}}),
      "2026-01-31T12:00:00.123456Z error no\\nluck port=80 why=\"a\\nb\"");
}

TEST(FormatLogLineTest, KeepsNumbersExact) {
  const nlohmann::json line =
      nlohmann::json::parse(Json("x", {{"low", std::numeric_limits<int64_t>::min()},
                                       {"high", std::numeric_limits<uint64_t>::max()},
                                       {"small", static_cast<int8_t>(-1)},
                                       {"nan", std::nan("")},
                                       {"infinite", -std::numeric_limits<double>::infinity()}}));
  EXPECT_EQ(line["low"], std::numeric_limits<int64_t>::min());
  EXPECT_EQ(line["high"], std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(line["small"], -1);
  EXPECT_EQ(line["nan"], "nan");
  EXPECT_EQ(line["infinite"], "-inf");
}

// Whatever the bytes, a line is one line, is JSON, and holds nothing that a terminal would obey.
TEST(JsonQuoteTest, EscapesEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string quoted = JsonQuote(all);
  for (char c : quoted) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  const std::string back = nlohmann::json::parse(quoted);
  EXPECT_EQ(back.substr(0, 128), all.substr(0, 128));
  std::string replaced;
  for (int i = 0; i < 128; ++i) replaced += "\xef\xbf\xbd";
  EXPECT_EQ(back.substr(128), replaced);
}

TEST(JsonQuoteTest, KeepsValidTextAsItIs) {
  EXPECT_EQ(JsonQuote("h\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80"), "\"h\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80\"");
  EXPECT_EQ(JsonQuote("\xc2\x9b[31m"), "\"\\u009b[31m\"") << "a C1 control begins an escape sequence";
  EXPECT_EQ(JsonQuote("a\xe6\xbc"), "\"a\xef\xbf\xbd\xef\xbf\xbd\"") << "cut inside a character";
}

TEST(LogTest, WritesWholeLinesAboveTheLevelToStandardError) {
  testing::internal::CaptureStderr();
  Log(LogLevel::kDebug, "below the default level");
  EXPECT_FALSE(LogEnabled(LogLevel::kDebug));
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  const std::string filler(300, 'x');
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&filler] {
      for (int i = 0; i < kLines; ++i) Log(LogLevel::kWarning, "event", {{"filler", filler}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = testing::internal::GetCapturedStderr();
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), static_cast<size_t>(kThreads * kLines));
  for (const std::string& line : lines) {
    const nlohmann::json event = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    ASSERT_FALSE(event.is_discarded()) << line;
    EXPECT_EQ(event["filler"], filler);
  }
}

TEST(LogTest, FollowsItsOptions) {
  testing::internal::CaptureStderr();
  InitLog({.level = LogLevel::kError, .format = LogFormat::kText});
  Log(LogLevel::kWarning, "left out");
  Log(LogLevel::kError, "kept", {{kRequestIdField, "abc"}});
  InitLog({});
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr(" error kept request_id=\"abc\"\n"), Not(HasSubstr("left out"))));
}

TEST(NewRequestIdTest, IsUniqueAndFixedInForm) {
  std::set<std::string> ids;
  for (int i = 0; i < 10000; ++i) ids.insert(NewRequestId());
  EXPECT_EQ(ids.size(), 10000u);
  EXPECT_THAT(*ids.begin(), MatchesRegex("[0-9a-f]+"));
  for (const std::string& id : ids) ASSERT_EQ(id.size(), 16u);
}

}  // namespace
}  // namespace lathe
