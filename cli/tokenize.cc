// lathe tokenize: prints the token ids of each line of the input.
#include <algorithm>
#include <ostream>
#include <utility>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/text_input.h"
#include "engine/base/status_macros.h"
#include "engine/models/config.h"
#include "engine/tokenizers/tokenizer.h"
#include "nlohmann/json.hpp"

namespace lathe::cli {
namespace {

class TokenizeCommand final : public Command {
 public:
  std::vector<Setting> flags() override {
    std::vector<Setting> settings = {
        {"model", PathValue(model_), "the model's folder: config.json and tokenizer", true},
        {"max_length", IntegerValue(max_length_, 0, 1 << 30), "tokens a text may have; 0: what the model allows"},
    };
    for (Setting& setting : TextInputSettings(input_flags_)) settings.push_back(std::move(setting));
    return settings;
  }

  absl::Status Run(CommandIo& io) override {
    RETURN_IF_ERROR(WantNoWords(io));
    if (model_.empty()) return absl::InvalidArgumentError("--model is missing: the folder of the model");
    ASSIGN_OR_RETURN(const std::unique_ptr<Tokenizer> tokenizer, Tokenizer::Load(model_));
    EncodeOptions options;
    options.max_length = max_length_;
    if (max_length_ == 0) {
      ASSIGN_OR_RETURN(const ModelConfig config, LoadModelConfig(model_));
      options.max_length = config.positions;
    }
    ASSIGN_OR_RETURN(TextReader reader, TextReader::Open(input_flags_, io.in));
    while (true) {
      ASSIGN_OR_RETURN(const std::optional<TextInput> input, reader.Next());
      if (!input.has_value()) return absl::OkStatus();
      std::optional<absl::string_view> pair;
      if (input->pair.has_value()) pair = *input->pair;
      ASSIGN_OR_RETURN(const Encoding encoding,
                       Annotate(tokenizer->Encode(input->text, pair, options), reader.place()));
      nlohmann::ordered_json json;
      json["text"] = input->text;
      if (pair.has_value()) json["pair"] = *input->pair;
      json["ids"] = encoding.ids;
      if (pair.has_value()) json["segment_ids"] = encoding.segment_ids;
      io.out << json.dump(-1, ' ', true) << "\n";
    }
  }

 private:
  std::string model_;
  TextInputFlags input_flags_;
  int64_t max_length_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeTokenize() { return std::make_unique<TokenizeCommand>(); }

}  // namespace lathe::cli
