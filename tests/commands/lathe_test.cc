// The commands of `lathe` that run in their own process, called as a user calls them.
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/file.h"
#include "engine/base/status_matchers.h"
#include "nlohmann/json.hpp"
#include "tests/commands/process.h"
#include "tests/golden/golden.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const char kModel[] = LATHE_SOURCE_DIR "/models/sst2-distilminilm";
const char kData[] = LATHE_SOURCE_DIR "/tests/golden/data";

ProcessResult Lathe(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), BinaryPath("lathe"));
  return RunProcess(arguments, input);
}

std::vector<nlohmann::json> JsonLines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    lines.push_back(nlohmann::json::parse(std::string(line)));
  }
  return lines;
}

TEST(Run, GivesTheReferencesIdsLabelsAndLogits) {
  ASSERT_OK_AND_ASSIGN(const std::vector<GoldenCase> cases, LoadGolden(absl::StrCat(kData, "/golden.jsonl")));
  std::string input;
  for (const GoldenCase& one : cases) absl::StrAppend(&input, nlohmann::json(one.text).dump(), "\n");
  const std::vector<nlohmann::json> results =
      JsonLines(Lathe({"run", absl::StrCat("--model=", kModel), "--jsonl"}, input).out);
  const std::vector<nlohmann::json> tokens =
      JsonLines(Lathe({"tokenize", absl::StrCat("--model=", kModel), "--jsonl"}, input).out);
  ASSERT_EQ(results.size(), cases.size());
  ASSERT_EQ(tokens.size(), cases.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(tokens[i]["ids"].get<std::vector<int32_t>>(), cases[i].ids) << cases[i].text;
    EXPECT_EQ(results[i]["text"], cases[i].text);
    EXPECT_EQ(results[i]["tokens"], cases[i].ids.size());
    EXPECT_EQ(results[i]["label"], cases[i].label);
    EXPECT_THAT(results[i]["logits"].get<std::vector<float>>(), LogitsNear({cases[i]})) << cases[i].text;
    EXPECT_NEAR(results[i]["score"].get<double>(), results[i]["scores"][cases[i].label].get<double>(), 1e-6);
  }
  EXPECT_TRUE(results.back()["truncated"].get<bool>());
}

// The reference's prediction on every sentence, and with it the accuracy that the model's card states.
TEST(Run, PredictsAsTheReferenceOnAllOfSst2) {
  for (const auto& [set, accuracy] : {std::pair<std::string, double>{"dev", 0.908}, {"test", 0.906}}) {
    ASSERT_OK_AND_ASSIGN(const std::string tsv, ReadFile(absl::StrCat(kData, "/sst2_", set, ".tsv"), 1 << 20));
    ASSERT_OK_AND_ASSIGN(const std::string predictions,
                         ReadFile(absl::StrCat(kData, "/sst2_", set, ".predictions.txt"), 1 << 16));
    std::string input;
    std::string labels;
    for (absl::string_view line : absl::StrSplit(tsv, '\n', absl::SkipEmpty())) {
      labels += line[0];
      absl::StrAppend(&input, line.substr(2), "\n");
    }
    const std::vector<nlohmann::json> results = JsonLines(Lathe({"run", absl::StrCat("--model=", kModel)}, input).out);
    ASSERT_EQ(results.size(), labels.size());
    int right = 0;
    for (size_t i = 0; i < results.size(); ++i) {
      const char predicted = results[i]["label"] == "POSITIVE" ? '1' : '0';
      EXPECT_EQ(predicted, predictions[i]) << set << " line " << i + 1;
      right += predicted == labels[i] ? 1 : 0;
    }
    EXPECT_NEAR(right / static_cast<double>(labels.size()), accuracy, 0.0006);
  }
}

TEST(Run, WhatStandsBeforeABadLineIsAnswered) {
  const ProcessResult result = Lathe({"run", absl::StrCat("--model=", kModel)}, "a wonderful film\n\xff\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(JsonLines(result.out).size(), 1u);
  EXPECT_THAT(result.err, HasSubstr("standard input:2: text: invalid UTF-8 at byte 0"));
}

TEST(Run, TableIsForReading) {
  const ProcessResult result = Lathe({"run", absl::StrCat("--model=", kModel), "--output=table"}, "a wonderful film\n");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("POSITIVE"));
  EXPECT_THAT(result.out, HasSubstr("a wonderful film"));
}

TEST(Bench, PrintsEveryFigureThatToolsRelyOn) {
  const ProcessResult result = Lathe(
      {"bench", absl::StrCat("--model=", kModel), "--random-weights", "--shape=2x8", "--iterations=2", "--threads=2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json json = nlohmann::json::parse(result.out);
  for (const char* key :
       {"load_seconds", "compile_seconds", "pack_seconds", "median_latency_ms", "minimum_latency_ms",
        "sequences_per_second", "tokens_per_second", "arena_bytes", "weight_bytes", "peak_rss_bytes"}) {
    EXPECT_GT(json.at(key).get<double>(), 0) << key;
  }
}

TEST(Explain, ShowsGraphsPassesAndKernels) {
  const ProcessResult result = Lathe({"explain", absl::StrCat("--model=", kModel), "--shape=2x8"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* part : {"graph @distilbert(", "narrow_rows", "query = first", "gelu(linear(a, b, c))", "GFLOP/s"}) {
    EXPECT_TRUE(absl::StrContains(result.out, part)) << part;
  }
}

struct Mistake {
  std::vector<std::string> arguments;
  std::string input;
  int exit_code;
  std::string message;
};

TEST(Commands, MistakesAreNamed) {
  const std::string model = absl::StrCat("--model=", kModel);
  const Mistake mistakes[] = {
      {{}, "", 2, "usage: lathe COMMAND"},
      {{"rum"}, "", 2, "rum: unknown command; did you mean run?"},
      {{"run", "--modle=x"}, "", 2, "did you mean --model?"},
      {{"run"}, "", 1, "--model is missing"},
      {{"run", "--model=/no/such/folder"}, "", 1, "/no/such/folder/config.json: No such file"},
      {{"run", model, "--precision=f64"}, "", 2, "wanted one of"},
      {{"run", model, "--threads=many"}, "", 2, "got \"many\", wanted an integer"},
      {{"run", model, "a text"}, "", 1, "got \"a text\", wanted flags alone"},
      {{"run", model, "--input=/no/such/file"}, "", 1, "/no/such/file"},
      {{"run", model}, "\xff\xfe", 1, "standard input:1: "},
      {{"run", model, "--jsonl"}, "not json\n", 1, "standard input:1: "},
      {{"bench", model, "--shape=axb"}, "", 1, "wanted SEQUENCESxTOKENS"},
      {{"bench", model, "--shape=1x513"}, "", 1, "wanted at most the model's 512"},
      {{"explain", model, "--disable-passes=frob"}, "", 1, "frob"},
      {{"classify", "--address=127.0.0.1:1", "--timeout-seconds=1", "text"}, "", 1, "127.0.0.1:1: UNAVAILABLE"},
      {{"healthcheck", "--address=127.0.0.1:1"}, "", 1, "127.0.0.1:1: UNAVAILABLE"},
  };
  for (const Mistake& mistake : mistakes) {
    const ProcessResult result = Lathe(mistake.arguments, mistake.input);
    const std::string where = mistake.arguments.empty() ? "no command" : absl::StrJoin(mistake.arguments, " ");
    EXPECT_EQ(result.exit_code, mistake.exit_code) << where;
    EXPECT_THAT(result.err, HasSubstr(mistake.message)) << where;
  }
}

TEST(Commands, FlagsMayComeFromTheEnvironment) {
  ASSERT_EQ(setenv("LATHE_MODEL", kModel, 1), 0);
  const ProcessResult result = Lathe({"tokenize"}, "a film\n");
  const ProcessResult overridden = Lathe({"tokenize", "--model=/no/such/folder"}, "a film\n");
  ASSERT_EQ(unsetenv("LATHE_MODEL"), 0);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(overridden.err, HasSubstr("/no/such/folder"));
}

TEST(Commands, EveryCommandHasHelp) {
  const ProcessResult help = Lathe({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command : {"run", "tokenize", "explain", "bench", "classify", "healthcheck"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    const ProcessResult result = Lathe({command, "--help"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, StartsWith(absl::StrCat("usage: lathe ", command)));
  }
}

}  // namespace
}  // namespace lathe
