// Texts and bytes a second on one thread, on the sentences of SST-2's test set and on one long text.
#include <fstream>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "engine/tokenizers/tokenizer.h"

#ifndef LATHE_SOURCE_DIR
#error "LATHE_SOURCE_DIR is set by the build"
#endif

namespace lathe {
namespace {

const Tokenizer& Embedded() {
  static const Tokenizer& tokenizer = *Tokenizer::Load(LATHE_SOURCE_DIR "/models/sst2-distilminilm").value().release();
  return tokenizer;
}

std::vector<std::string> Sentences() {
  std::vector<std::string> sentences;
  std::ifstream lines(LATHE_SOURCE_DIR "/tests/golden/data/sst2_test.tsv");
  for (std::string line; std::getline(lines, line);) sentences.push_back(line.substr(line.find('\t') + 1));
  return sentences;
}

// Once through all texts in each iteration.
void Encode(benchmark::State& state, const std::vector<std::string>& texts, Truncation truncation) {
  const Tokenizer& tokenizer = Embedded();
  int64_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  for (auto _ : state) {
    for (const std::string& text : texts) {
      benchmark::DoNotOptimize(tokenizer.Encode(text, std::nullopt, {.truncation = truncation}));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(texts.size()));
  state.SetBytesProcessed(state.iterations() * bytes);
}

void Sst2(benchmark::State& state) { Encode(state, Sentences(), Truncation::kRight); }
BENCHMARK(Sst2)->Unit(benchmark::kMillisecond);

// All sentences as one text, whose last 512 tokens stay, so that all of it has to be read.
void OneLongText(benchmark::State& state) {
  std::string text;
  for (const std::string& sentence : Sentences()) text += sentence + " ";
  Encode(state, {text}, Truncation::kLeft);
}
BENCHMARK(OneLongText)->Unit(benchmark::kMillisecond);

void Accents(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += "Le caf\u00e9 d\u00e9j\u00e0 vu \u2014 \u00c9l\u00e8ve na\u00efve; \u7535\u5f71. ";
  Encode(state, {text}, Truncation::kRight);
}
BENCHMARK(Accents);

}  // namespace
}  // namespace lathe
