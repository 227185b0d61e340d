// Whatever the text: Parse answers or refuses, and what it accepts is printed, read back and printed the same.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/ir/text.h"

namespace {

void Require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::StatusOr<lathe::Graph> graph = lathe::Parse({reinterpret_cast<const char*>(data), size});
  if (!graph.ok()) return 0;
  const std::string text = lathe::Print(*graph);
  const absl::StatusOr<lathe::Graph> again = lathe::Parse(text);
  Require(again.ok(), again.ok() ? "" : std::string(again.status().message()).c_str(), text);
  Require(lathe::Print(*again) == text, "prints another text when read back", text);
  Require(lathe::Print(graph->Clone()) == text, "a clone prints another text", text);
  return 0;
}
