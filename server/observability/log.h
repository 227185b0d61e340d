// Structured logs: one line per event, with named values.
//
//   Log(LogLevel::kInfo, "model ready", {{"model", name}, {"load_seconds", 1.25}});
//   {"ts":"2026-01-31T12:00:00.123456Z","level":"info","msg":"model ready","model":"sentiment","load_seconds":1.25}
//
// Never log what a client sent: no text of a request, no credentials, no metadata. `msg` is a constant of the source;
// what varies goes into fields. A line about a call carries kRequestIdField.
#ifndef LATHE_SERVER_OBSERVABILITY_LOG_H_
#define LATHE_SERVER_OBSERVABILITY_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace lathe {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

enum class LogFormat {
  kJson,  // One JSON object per line.
  kText,  // For reading at a terminal: time, level, message, key=value.
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;  // Events below it are dropped.
  LogFormat format = LogFormat::kJson;
};

// The key of the field that joins the lines of one call, and that an INTERNAL error shows to the client.
inline constexpr absl::string_view kRequestIdField = "request_id";

// A value of a field; views must live until Log returns.
class LogValue {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a field is written as {"key", value}.
  LogValue(absl::string_view text) : value_(text) {}
  LogValue(const char* text) : value_(absl::string_view(text)) {}
  LogValue(const std::string& text) : value_(absl::string_view(text)) {}
  LogValue(bool value) : value_(value) {}
  LogValue(double value) : value_(value) {}
  template <typename Int, typename = std::enable_if_t<std::is_integral_v<Int> && !std::is_same_v<Int, bool>>>
  LogValue(Int value) : value_(Widen(value)) {}
  // NOLINTEND(google-explicit-constructor)

  using Variant = std::variant<absl::string_view, bool, int64_t, uint64_t, double>;
  const Variant& get() const { return value_; }

 private:
  template <typename Int>
  static auto Widen(Int value) {
    if constexpr (std::is_signed_v<Int>) {
      return static_cast<int64_t>(value);
    } else {
      return static_cast<uint64_t>(value);
    }
  }

  Variant value_;
};

struct LogField {
  absl::string_view key;  // snake_case, a constant of the source; not ts, level or msg.
  LogValue value;
};

// Sets level and format of the process's log, which goes to standard error. Call once, before other threads log; until
// then it is LogOptions().
void InitLog(const LogOptions& options);

// Writes one event. Thread-safe: lines of two threads never mix. Never fails and never throws.
void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields = {});
void Log(LogLevel level, absl::string_view message, absl::Span<const LogField> fields);

// Whether an event of this level would be written, for callers whose fields cost something to compute.
bool LogEnabled(LogLevel level);

// The line of one event, without the newline. Text that is not valid UTF-8 is written with U+FFFD in place of the bad
// bytes; control characters are escaped, so an event is one line whatever its values hold.
std::string FormatLogLine(LogFormat format, absl::Time time, LogLevel level, absl::string_view message,
                          absl::Span<const LogField> fields);

// A new identity for a call: 16 hexadecimal digits, unique within a process and unlikely to meet again elsewhere.
// Thread-safe.
std::string NewRequestId();

}  // namespace lathe

#endif  // LATHE_SERVER_OBSERVABILITY_LOG_H_
