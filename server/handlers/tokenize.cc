#include "server/handlers/tokenize.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/errors.h"

namespace lathe {
namespace {

std::string Field(int index, absl::string_view name) { return absl::StrCat("inputs[", index, "].", name); }

absl::Status CheckBytes(const ServedModelOptions& model, int index, absl::string_view name, const std::string& text) {
  const auto bytes = static_cast<int64_t>(text.size());
  if (bytes <= model.max_bytes_per_text) return absl::OkStatus();
  return errors::TextTooLong(Field(index, name), bytes, model.max_bytes_per_text);
}

absl::Status CheckOptions(const ServedModelOptions& model, const v1::ClassifyOptions& options) {
  if (options.top_k() < 0) return errors::OptionOutOfRange("options.top_k", options.top_k(), 0, INT32_MAX);
  if (!v1::Truncation_IsValid(options.truncation())) {
    return errors::OptionOutOfRange("options.truncation", options.truncation(), 0, v1::Truncation_MAX);
  }
  if (options.max_length() != 0 &&
      (options.max_length() < model.min_length || options.max_length() > model.max_length)) {
    return errors::OptionOutOfRange("options.max_length", options.max_length(), model.min_length, model.max_length);
  }
  return absl::OkStatus();
}

EncodeOptions EncodeOptionsFor(const ServedModelOptions& model, const v1::ClassifyOptions& options) {
  EncodeOptions encode;
  encode.max_length = options.max_length() > 0 ? options.max_length() : model.max_length;
  switch (options.truncation()) {
    case v1::TRUNCATION_RIGHT:
      encode.truncation = Truncation::kRight;
      break;
    case v1::TRUNCATION_LEFT:
      encode.truncation = Truncation::kLeft;
      break;
    case v1::TRUNCATION_ERROR:
      encode.truncation = Truncation::kError;
      break;
    default:
      encode.truncation = model.truncation;
  }
  return encode;
}

absl::StatusOr<Encoding> Encode(const Tokenizer& tokenizer, const wire::Input& input, int index,
                                const EncodeOptions& options) {
  std::optional<absl::string_view> pair;
  if (input.has_pair()) pair = input.pair();
  absl::StatusOr<Encoding> encoding = tokenizer.Encode(input.text(), pair, options);
  if (encoding.status().code() == absl::StatusCode::kInvalidArgument) {
    // The message begins with "text: " or "pair: ": the field that is at fault.
    return absl::InvalidArgumentError(Field(index, encoding.status().message()));
  }
  if (!encoding.ok()) return absl::InternalError(encoding.status().ToString());
  if (encoding->ids.empty()) return errors::InvalidInput(Field(index, "text"), "has no tokens for this model");
  return encoding;
}

}  // namespace

absl::Status CheckRequest(const ServedModelOptions& model, const wire::ClassifyRequest& request) {
  if (request.inputs().empty()) return errors::NoInputs();
  if (request.inputs_size() > model.max_texts_per_call) {
    return errors::TooManyInputs(request.inputs_size(), model.max_texts_per_call);
  }
  for (int i = 0; i < request.inputs_size(); ++i) {
    RETURN_IF_ERROR(CheckBytes(model, i, "text", request.inputs(i).text()));
    RETURN_IF_ERROR(CheckBytes(model, i, "pair", request.inputs(i).pair()));
  }
  return CheckOptions(model, request.options());
}

absl::StatusOr<std::vector<Encoding>> Tokenize(const ServedModel& model, const wire::ClassifyRequest& request,
                                               const RequestContext& context, v1::ClassifyResponse& response) {
  const EncodeOptions options = EncodeOptionsFor(model.options(), request.options());
  std::vector<Encoding> texts;
  texts.reserve(request.inputs_size());
  for (int i = 0; i < request.inputs_size(); ++i) {
    RETURN_IF_ERROR(context.CheckWanted());
    ASSIGN_OR_RETURN(Encoding encoding, Encode(model.tokenizer(), request.inputs(i), i, options));
    v1::Result& result = *response.add_results();
    result.set_tokens(static_cast<int32_t>(encoding.ids.size()));
    result.set_truncated(encoding.truncated);
    texts.push_back(std::move(encoding));
  }
  return texts;
}

}  // namespace lathe
