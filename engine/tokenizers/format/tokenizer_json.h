// tokenizer.json: the file that the Hugging Face `tokenizers` package writes.
//
// Its `truncation`, `padding` and `decoder` are not read: how long a text may be is the caller's word, batches have no
// padding, and nothing is decoded. Source: tokenizers 0.23.3, TokenizerImpl's serialisation.
#ifndef LATHE_ENGINE_TOKENIZERS_FORMAT_TOKENIZER_JSON_H_
#define LATHE_ENGINE_TOKENIZERS_FORMAT_TOKENIZER_JSON_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/tokenizers/pipeline.h"

namespace lathe {

// Errors: INVALID_ARGUMENT (malformed: bad JSON, a missing or unknown key, a wrong type, a token or an id twice or out
// of range), UNIMPLEMENTED (a part that is not supported). Messages begin with the place in the file: "normalizer.type:
// ...".
absl::StatusOr<PipelineParts> ParseTokenizerJson(absl::string_view json);

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_FORMAT_TOKENIZER_JSON_H_
