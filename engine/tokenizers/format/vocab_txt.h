// vocab.txt with tokenizer_config.json: how BERT models were published before tokenizer.json.
//
// Source: transformers 5.23, BertTokenizer.
#ifndef LATHE_ENGINE_TOKENIZERS_FORMAT_VOCAB_TXT_H_
#define LATHE_ENGINE_TOKENIZERS_FORMAT_VOCAB_TXT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/tokenizers/pipeline.h"

namespace lathe {

// `vocabulary` has one token a line, whose id is the number of the line from 0; a token that comes twice has its last
// id. Of `config`, the keys that say how text becomes ids are read; the others concern other tools. Errors:
// INVALID_ARGUMENT (malformed, or a special token that is not in the vocabulary), UNIMPLEMENTED (another kind of
// tokenizer). Messages begin with the file's name and the place in it.
absl::StatusOr<PipelineParts> ParseVocabTxt(absl::string_view vocabulary, absl::string_view config);

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_FORMAT_VOCAB_TXT_H_
