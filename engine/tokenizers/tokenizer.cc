#include "engine/tokenizers/tokenizer.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/tokenizers/format/tokenizer_json.h"
#include "engine/tokenizers/format/vocab_txt.h"
#include "engine/tokenizers/pipeline.h"

namespace lathe {
namespace {

// Eight times the largest tokenizer.json in use, about 35 MB.
constexpr size_t kFileBytesMax = size_t{256} << 20;

absl::StatusOr<PipelineParts> LoadVocabTxt(const std::string& folder) {
  const absl::StatusOr<std::string> vocabulary = ReadFile(folder + "/vocab.txt", kFileBytesMax);
  if (absl::IsNotFound(vocabulary.status())) {
    return absl::NotFoundError(absl::StrCat(folder, ": has neither tokenizer.json nor vocab.txt"));
  }
  RETURN_IF_ERROR(vocabulary.status());
  ASSIGN_OR_RETURN(const std::string config, ReadFile(folder + "/tokenizer_config.json", kFileBytesMax));
  return Annotate(ParseVocabTxt(*vocabulary, config), folder);
}

absl::StatusOr<PipelineParts> LoadParts(const std::string& folder) {
  const std::string path = folder + "/tokenizer.json";
  const absl::StatusOr<std::string> json = ReadFile(path, kFileBytesMax);
  if (absl::IsNotFound(json.status())) return LoadVocabTxt(folder);
  RETURN_IF_ERROR(json.status());
  return Annotate(ParseTokenizerJson(*json), path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> Tokenizer::Load(const std::string& folder) {
  ASSIGN_OR_RETURN(PipelineParts parts, LoadParts(folder));
  return Annotate(MakePipeline(std::move(parts)), folder);
}

}  // namespace lathe
