// lathe classify: classifies texts through a running lathed.
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/text_input.h"
#include "engine/base/status_macros.h"
#include "lathe/v1/classifier.grpc.pb.h"
#include "nlohmann/json.hpp"

namespace lathe::cli {
namespace {

// Texts of one call when they are read from a file; the server's own limit may be lower.
constexpr int kTextsPerCall = 256;

class ClassifyCommand final : public Command {
 public:
  std::vector<Setting> flags() override {
    std::vector<Setting> settings = ClientSettings(client_flags_);
    settings.push_back({"model", NameValue(model_), "the name of a served model; needed when there are several"});
    settings.push_back({"version", IntegerValue(version_, 0, INT64_MAX), "its version; 0: the newest that is ready"});
    settings.push_back({"top_k", IntegerValue(top_k_, 0, INT32_MAX), "labels to print for each text; 0: all"});
    settings.push_back({"output", ChoiceValue(output_, {"json", "table"}), "JSON lines, or a table to read"});
    for (Setting& setting : TextInputSettings(input_flags_)) settings.push_back(std::move(setting));
    return settings;
  }

  absl::Status Run(CommandIo& io) override {
    const auto stub = v1::Classifier::NewStub(Connect(client_flags_));
    v1::ClassifyRequest request;
    for (const std::string& word : io.words) request.add_inputs()->set_text(word);
    if (!io.words.empty()) return Call(*stub, request, io.out);
    ASSIGN_OR_RETURN(TextReader reader, TextReader::Open(input_flags_, io.in));
    while (true) {
      ASSIGN_OR_RETURN(std::optional<TextInput> input, reader.Next());
      if (!input.has_value()) break;
      v1::Input* added = request.add_inputs();
      added->set_text(std::move(input->text));
      if (input->pair.has_value()) added->set_pair(*std::move(input->pair));
      if (request.inputs_size() < kTextsPerCall) continue;
      RETURN_IF_ERROR(Call(*stub, request, io.out));
      request.clear_inputs();
    }
    return request.inputs_size() > 0 ? Call(*stub, request, io.out) : absl::OkStatus();
  }

 private:
  absl::Status Call(v1::Classifier::Stub& stub, v1::ClassifyRequest& request, std::ostream& out) const {
    request.set_model(model_);
    request.set_version(version_);
    request.mutable_options()->set_top_k(static_cast<int32_t>(top_k_));
    grpc::ClientContext context;
    SetDeadline(client_flags_, &context);
    v1::ClassifyResponse response;
    RETURN_IF_ERROR(FromGrpc(client_flags_, stub.Classify(&context, request, &response)));
    for (int i = 0; i < response.results_size(); ++i) Print(request.inputs(i).text(), response.results(i), out);
    return absl::OkStatus();
  }

  void Print(const std::string& text, const v1::Result& result, std::ostream& out) const {
    if (output_ == "table") {
      const v1::Label& best = result.labels(0);
      out << absl::StrFormat("%-12s %7.4f  %s\n", best.name(), best.score(), text);
      return;
    }
    nlohmann::ordered_json json;
    json["text"] = text;
    json["label"] = result.labels(0).name();
    json["score"] = result.labels(0).score();
    for (const v1::Label& label : result.labels()) json["scores"][label.name()] = label.score();
    json["tokens"] = result.tokens();
    json["truncated"] = result.truncated();
    out << json.dump(-1, ' ', true) << "\n";
  }

  ClientFlags client_flags_;
  TextInputFlags input_flags_;
  std::string model_;
  int64_t version_ = 0;
  int64_t top_k_ = 0;
  std::string output_ = "table";
};

}  // namespace

std::unique_ptr<Command> MakeClassify() { return std::make_unique<ClassifyCommand>(); }

}  // namespace lathe::cli
