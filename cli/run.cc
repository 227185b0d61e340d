// lathe run: classifies each line of the input in this process.
#include <algorithm>
#include <iomanip>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/local_model.h"
#include "cli/text_input.h"
#include "engine/base/status_macros.h"
#include "engine/models/scores.h"
#include "engine/runtime/packed_batch.h"
#include "nlohmann/json.hpp"

namespace lathe::cli {
namespace {

// Enough tokens to keep every thread busy, little enough that answers come as the input is read.
constexpr int64_t kBatchTokens = 4096;

struct Pending {
  TextInput input;
  Encoding encoding;
};

// The fields of a result: text, label, score, scores, logits, tokens, truncated; `pair` where there is one.
nlohmann::ordered_json ResultJson(const Pending& pending, absl::Span<const float> logits,
                                  absl::Span<const float> scores, absl::Span<const std::string> labels) {
  const size_t best = static_cast<size_t>(TopK(scores, 1)[0]);
  nlohmann::ordered_json json;
  json["text"] = pending.input.text;
  if (pending.input.pair.has_value()) json["pair"] = *pending.input.pair;
  json["label"] = labels[best];
  json["score"] = scores[best];
  for (size_t i = 0; i < labels.size(); ++i) json["scores"][labels[i]] = scores[i];
  json["logits"] = std::vector<float>(logits.begin(), logits.end());
  json["tokens"] = pending.encoding.ids.size();
  json["truncated"] = pending.encoding.truncated;
  return json;
}

class RunCommand final : public Command {
 public:
  std::vector<Setting> flags() override {
    std::vector<Setting> settings = LocalModelSettings(model_flags_);
    for (Setting& setting : TextInputSettings(input_flags_)) settings.push_back(std::move(setting));
    settings.push_back({"output", ChoiceValue(output_, {"json", "table"}), "JSON lines, or a table to read"});
    settings.push_back(
        {"max_length", IntegerValue(max_length_, 0, 1 << 20), "tokens a text may have; 0: what the model allows"});
    return settings;
  }

  absl::Status Run(CommandIo& io) override {
    RETURN_IF_ERROR(WantNoWords(io));
    ASSIGN_OR_RETURN(const LocalModel local, LoadLocalModel(model_flags_));
    ASSIGN_OR_RETURN(TextReader reader, TextReader::Open(input_flags_, io.in));
    EncodeOptions options;
    options.max_length = local.model->max_length();
    if (max_length_ > 0) options.max_length = std::min(options.max_length, max_length_);
    std::vector<Pending> pending;
    int64_t tokens = 0;
    while (true) {
      absl::StatusOr<std::optional<Pending>> next = ReadNext(reader, *local.model->tokenizer(), options);
      if (!next.ok() || !next->has_value()) {
        // What was read before a bad line is answered all the same.
        RETURN_IF_ERROR(Flush(*local.model, &pending, io.out));
        return next.status();
      }
      const int64_t length = static_cast<int64_t>((**next).encoding.ids.size());
      if (tokens > 0 && tokens + length > kBatchTokens) {
        RETURN_IF_ERROR(Flush(*local.model, &pending, io.out));
        tokens = 0;
      }
      tokens += length;
      pending.push_back(**std::move(next));
    }
  }

 private:
  // The next line with its ids; empty at the end.
  static absl::StatusOr<std::optional<Pending>> ReadNext(TextReader& reader, const Tokenizer& tokenizer,
                                                         const EncodeOptions& options) {
    ASSIGN_OR_RETURN(std::optional<TextInput> input, reader.Next());
    if (!input.has_value()) return std::optional<Pending>();
    std::optional<absl::string_view> pair;
    if (input->pair.has_value()) pair = *input->pair;
    ASSIGN_OR_RETURN(Encoding encoding, Annotate(tokenizer.Encode(input->text, pair, options), reader.place()));
    return std::optional<Pending>({*std::move(input), std::move(encoding)});
  }

  // Classifies what is pending and prints it.
  absl::Status Flush(const Model& model, std::vector<Pending>* pending, std::ostream& out) const {
    if (pending->empty()) return absl::OkStatus();
    PackedBatch batch;
    for (const Pending& one : *pending) batch.Append(one.encoding.ids, one.encoding.segment_ids);
    const size_t width = static_cast<size_t>(model.labels());
    std::vector<float> logits(pending->size() * width);
    RETURN_IF_ERROR(model.Run(batch.view(), absl::MakeSpan(logits)));
    for (size_t i = 0; i < pending->size(); ++i) {
      const absl::Span<const float> row = absl::MakeConstSpan(logits).subspan(i * width, width);
      ASSIGN_OR_RETURN(const std::vector<float> scores, Scores(row, model.config().problem_type));
      const nlohmann::ordered_json json = ResultJson((*pending)[i], row, scores, model.config().labels);
      if (output_ == "json") {
        out << json.dump(-1, ' ', true) << "\n";
      } else {
        out << absl::StrFormat("%-12s %7.4f  %s\n", json["label"].get<std::string>(), json["score"].get<float>(),
                               (*pending)[i].input.text);
      }
    }
    pending->clear();
    return absl::OkStatus();
  }

  LocalModelFlags model_flags_;
  TextInputFlags input_flags_;
  std::string output_ = "json";
  int64_t max_length_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeRun() { return std::make_unique<RunCommand>(); }

}  // namespace lathe::cli
