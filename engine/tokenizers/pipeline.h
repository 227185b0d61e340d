// A tokenizer put together from its parts: added tokens, normaliser, pre-tokenizer, model, template.
#ifndef LATHE_ENGINE_TOKENIZERS_PIPELINE_H_
#define LATHE_ENGINE_TOKENIZERS_PIPELINE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/tokenizers/added_tokens/added_tokens.h"
#include "engine/tokenizers/models/model.h"
#include "engine/tokenizers/normalizers/normalizer.h"
#include "engine/tokenizers/post_processors/template.h"
#include "engine/tokenizers/pre_tokenizers/pre_tokenizer.h"
#include "engine/tokenizers/tokenizer.h"

namespace lathe {

struct PipelineParts {
  std::unique_ptr<Normalizer> normalizer;       // May be null: text stays as it is.
  std::unique_ptr<PreTokenizer> pre_tokenizer;  // May be null: a text is one word.
  std::unique_ptr<TokenModel> model;
  std::vector<AddedToken> added_tokens;  // In the order of the file.
  Template post_processor = Template::Plain();
  int64_t vocabulary_size = 0;  // Larger than every id above.
};

// Errors: INVALID_ARGUMENT (an added token that normalises to nothing, or is too long).
absl::StatusOr<std::unique_ptr<Tokenizer>> MakePipeline(PipelineParts parts);

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_PIPELINE_H_
