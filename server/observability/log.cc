#include "server/observability/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cmath>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/observability/json_text.h"

namespace lathe {
namespace {

absl::string_view LevelName(LogLevel level) {
  constexpr std::array<absl::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  return kNames[static_cast<size_t>(level)];
}

// JSON has no NaN and no infinities; as text they are at least seen.
std::string FormatDouble(double value) {
  return std::isfinite(value) ? absl::StrCat(value) : absl::StrCat("\"", value, "\"");
}

std::string FormatValue(const LogValue& value) {
  struct Format {
    std::string operator()(absl::string_view text) const { return JsonQuote(text); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(double number) const { return FormatDouble(number); }
    std::string operator()(int64_t number) const { return absl::StrCat(number); }
    std::string operator()(uint64_t number) const { return absl::StrCat(number); }
  };
  return std::visit(Format(), value.get());
}

// RFC 3339 in UTC with microseconds: 2026-01-31T12:00:00.123456Z.
std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

std::string FormatJson(absl::Time time, LogLevel level, absl::string_view message, absl::Span<const LogField> fields) {
  std::string line = absl::StrCat("{\"ts\":\"", FormatTimestamp(time), "\",\"level\":\"", LevelName(level),
                                  "\",\"msg\":", JsonQuote(message));
  for (const LogField& field : fields) absl::StrAppend(&line, ",", JsonQuote(field.key), ":", FormatValue(field.value));
  line += '}';
  return line;
}

std::string FormatText(absl::Time time, LogLevel level, absl::string_view message, absl::Span<const LogField> fields) {
  // The message loses its quotes and keeps its escapes, so that it stays one line.
  const std::string quoted = JsonQuote(message);
  std::string line = absl::StrCat(FormatTimestamp(time), " ", LevelName(level), " ",
                                  absl::string_view(quoted).substr(1, quoted.size() - 2));
  for (const LogField& field : fields) absl::StrAppend(&line, " ", field.key, "=", FormatValue(field.value));
  return line;
}

// spdlog holds the lock that keeps lines whole, and swallows its own errors; levels and formats are ours.
struct ProcessLog {
  std::atomic<LogLevel> level{LogOptions().level};
  std::atomic<LogFormat> format{LogOptions().format};
  std::shared_ptr<spdlog::logger> logger = MakeLogger();

  static std::shared_ptr<spdlog::logger> MakeLogger() {
    auto logger = std::make_shared<spdlog::logger>("lathe", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    return logger;
  }
};

// Never destroyed: threads may log until the very end of the process.
ProcessLog& TheLog() {
  static ProcessLog* const log = new ProcessLog;
  return *log;
}

// The finaliser of splitmix64: a bijection, so different inputs give different ids.
// Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace

void InitLog(const LogOptions& options) {
  TheLog().level = options.level;
  TheLog().format = options.format;
}

bool LogEnabled(LogLevel level) { return level >= TheLog().level; }

void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields) {
  Log(level, message, absl::MakeConstSpan(fields.begin(), fields.size()));
}

void Log(LogLevel level, absl::string_view message, absl::Span<const LogField> fields) {
  if (!LogEnabled(level)) return;
  const std::string line = FormatLogLine(TheLog().format, absl::Now(), level, message, fields);
  TheLog().logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

std::string FormatLogLine(LogFormat format, absl::Time time, LogLevel level, absl::string_view message,
                          absl::Span<const LogField> fields) {
  return format == LogFormat::kJson ? FormatJson(time, level, message, fields)
                                    : FormatText(time, level, message, fields);
}

std::string NewRequestId() {
  static const uint64_t start = (static_cast<uint64_t>(std::random_device()()) << 32) | std::random_device()();
  static std::atomic<uint64_t> next{0};
  return absl::StrCat(absl::Hex(Mix(start + next++), absl::kZeroPad16));
}

}  // namespace lathe
