#include "engine/models/config.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnsupported = absl::StatusCode::kUnimplemented;

const char kBert[] = R"({"model_type": "bert", "vocab_size": 100, "hidden_size": 36, "intermediate_size": 72,
  "num_hidden_layers": 2, "num_attention_heads": 3, "max_position_embeddings": 64)";
const char kDistilBert[] =
    R"({"model_type": "distilbert", "vocab_size": 100, "dim": 32, "hidden_dim": 64, "n_layers": 3,
  "n_heads": 4, "max_position_embeddings": 128)";

// Parses `base` with `more` members behind it.
absl::StatusOr<ModelConfig> Parse(const std::string& base, const std::string& more = "") {
  return ParseModelConfig(absl::StrCat(base, more.empty() ? "" : ",", more, "}"), "m/config.json");
}

// Parses kBert with one piece of text replaced.
absl::StatusOr<ModelConfig> ParseWith(const std::string& from, const std::string& to) {
  return Parse(absl::StrReplaceAll(kBert, {{from, to}}));
}

TEST(ModelConfig, BertKeysAreReadAndTheRestHasTransformersDefaults) {
  ASSERT_OK_AND_ASSIGN(ModelConfig config, Parse(kBert));
  EXPECT_EQ(config.model_type, "bert");
  EXPECT_EQ(config.vocabulary, 100);
  EXPECT_EQ(config.hidden, 36);
  EXPECT_EQ(config.feed_forward, 72);
  EXPECT_EQ(config.layers, 2);
  EXPECT_EQ(config.heads, 3);
  EXPECT_EQ(config.positions, 64);
  EXPECT_EQ(config.segment_types, 2);
  EXPECT_EQ(config.layer_norm_epsilon, 1e-12);
  EXPECT_EQ(config.activation, Activation::kGelu);
  EXPECT_EQ(config.problem_type, ProblemType::kSingleLabel);
  EXPECT_THAT(config.labels, ElementsAre("LABEL_0", "LABEL_1"));
}

TEST(ModelConfig, BertOptionsAreRead) {
  ASSERT_OK_AND_ASSIGN(ModelConfig config, Parse(kBert, R"("type_vocab_size": 3, "layer_norm_eps": 1e-5,
    "hidden_act": "gelu_new", "position_embedding_type": "absolute", "pruned_heads": {}, "is_decoder": false)"));
  EXPECT_EQ(config.segment_types, 3);
  EXPECT_EQ(config.layer_norm_epsilon, 1e-5);
  EXPECT_EQ(config.activation, Activation::kGeluTanh);
}

TEST(ModelConfig, DistilBertKeysAreRead) {
  ASSERT_OK_AND_ASSIGN(ModelConfig config, Parse(kDistilBert, R"("activation": "relu", "sinusoidal_pos_embds": true)"));
  EXPECT_EQ(config.model_type, "distilbert");
  EXPECT_EQ(config.hidden, 32);
  EXPECT_EQ(config.feed_forward, 64);
  EXPECT_EQ(config.layers, 3);
  EXPECT_EQ(config.heads, 4);
  EXPECT_EQ(config.positions, 128);
  EXPECT_EQ(config.segment_types, 0);
  EXPECT_EQ(config.activation, Activation::kRelu);
}

TEST(ModelConfig, TheEmbeddedModelLoads) {
  ASSERT_OK_AND_ASSIGN(ModelConfig config, LoadModelConfig(LATHE_SOURCE_DIR "/models/sst2-distilminilm"));
  EXPECT_EQ(config.model_type, "distilbert");
  EXPECT_EQ(config.hidden, 384);
  EXPECT_THAT(config.labels, ElementsAre("NEGATIVE", "POSITIVE"));
}

TEST(ModelConfig, LabelsAreOrderedByIndex) {
  ASSERT_OK_AND_ASSIGN(ModelConfig config,
                       Parse(kBert, R"("id2label": {"2": "c", "0": "a", "1": "b"}, "num_labels": 3)"));
  EXPECT_THAT(config.labels, ElementsAre("a", "b", "c"));
  ASSERT_OK_AND_ASSIGN(config, Parse(kBert, R"("num_labels": 3)"));
  EXPECT_THAT(config.labels, ElementsAre("LABEL_0", "LABEL_1", "LABEL_2"));
  std::string eleven;
  for (int i = 0; i < 11; ++i) absl::StrAppend(&eleven, i ? "," : "", "\"", i, "\":\"l", i, "\"");
  ASSERT_OK_AND_ASSIGN(config, Parse(kBert, absl::StrCat("\"id2label\":{", eleven, "}")));
  EXPECT_EQ(config.labels[10], "l10");
}

TEST(ModelConfig, LabelsThatDoNotAddUpAreRefused) {
  EXPECT_THAT(Parse(kBert, R"("id2label": {"0": "a", "1": "b"}, "num_labels": 3)"),
              StatusIs(kInvalid, "m/config.json: num_labels: got 3, wanted the 2 of id2label"));
  for (const char* map : {R"({"0":"a","2":"b"})", R"({"0":"a","01":"b"})", R"({"0":"a","x":"b"})", R"({"-1":"a"})"}) {
    EXPECT_THAT(Parse(kBert, absl::StrCat("\"id2label\":", map)),
                StatusIs(kInvalid, HasSubstr("id2label: got the key")))
        << map;
  }
  EXPECT_THAT(Parse(kBert, R"("id2label": ["a"])"), StatusIs(kInvalid, HasSubstr("id2label: got an array")));
  EXPECT_THAT(Parse(kBert, R"("id2label": {})"), StatusIs(kInvalid, HasSubstr("id2label: got an object")));
  EXPECT_THAT(Parse(kBert, R"("id2label": {"0": 5})"), StatusIs(kInvalid, HasSubstr("id2label.0: got the number 5")));
  EXPECT_THAT(Parse(kBert, R"("num_labels": 0)"), StatusIs(kInvalid, HasSubstr("num_labels: got the number 0")));
}

TEST(ModelConfig, ProblemTypesAreReadAndDefaultByTheNumberOfLabels) {
  const auto type = [](const std::string& more) { return Parse(kBert, more)->problem_type; };
  EXPECT_EQ(type(R"("problem_type": "multi_label_classification")"), ProblemType::kMultiLabel);
  EXPECT_EQ(type(R"("problem_type": "regression", "num_labels": 4)"), ProblemType::kRegression);
  EXPECT_EQ(type(R"("problem_type": null, "num_labels": 4)"), ProblemType::kSingleLabel);
  EXPECT_EQ(type(R"("num_labels": 1)"), ProblemType::kRegression);
  EXPECT_THAT(Parse(kBert, R"("problem_type": "single_label_classification", "num_labels": 1)"),
              StatusIs(kInvalid, HasSubstr("problem_type")));
  EXPECT_THAT(Parse(kBert, R"("problem_type": "multi_label")"),
              StatusIs(kInvalid, HasSubstr("problem_type: got \"multi_label\", wanted single_label_classification, ")));
}

TEST(ModelConfig, EveryNumberHasARange) {
  for (const char* key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
                          "max_position_embeddings"}) {
    const std::string old = absl::StrCat("\"", key, "\": ");
    EXPECT_THAT(ParseWith(old, absl::StrCat("\"x\": 1, ", old, "-")),
                StatusIs(kInvalid, HasSubstr(absl::StrCat("m/config.json: ", key, ": got the number -"))));
    EXPECT_THAT(ParseWith(old, absl::StrCat(old, "99999999")), StatusIs(kInvalid, HasSubstr(key))) << key;
    EXPECT_THAT(ParseWith(old, absl::StrCat(old, "0.")), StatusIs(kInvalid, HasSubstr("wanted an integer from 1")));
    EXPECT_THAT(ParseWith(old, absl::StrCat(old, "\"7\", \"x\": ")), StatusIs(kInvalid, HasSubstr("a string \"7\"")));
    EXPECT_THAT(ParseWith(old, absl::StrCat(old, "null, \"x\": ")), StatusIs(kInvalid, HasSubstr("got nothing")));
    EXPECT_THAT(ParseWith(key, "other"), StatusIs(kInvalid, HasSubstr(absl::StrCat(key, ": got nothing, wanted"))));
  }
  for (const char* epsilon : {"0", "-1e-5", "2", "\"1e-5\"", "1e-40"}) {
    EXPECT_THAT(Parse(kBert, absl::StrCat("\"layer_norm_eps\": ", epsilon)),
                StatusIs(kInvalid, HasSubstr("layer_norm_eps: got")))
        << epsilon;
  }
  EXPECT_THAT(Parse(kBert, R"("type_vocab_size": 0)"),
              StatusIs(kInvalid, HasSubstr("type_vocab_size: got the number 0")));
}

TEST(ModelConfig, HeadsDivideTheHiddenSize) {
  EXPECT_THAT(ParseWith("\"num_attention_heads\": 3", "\"num_attention_heads\": 5"),
              StatusIs(kInvalid, HasSubstr("got 5, wanted a divisor of the hidden size 36")));
}

TEST(ModelConfig, WhatWouldChangeTheResultIsRefusedByName) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("position_embedding_type": "relative_key")", "position_embedding_type: got \"relative_key\", supported is"},
      {R"("is_decoder": true)", "is_decoder: got true, supported is false"},
      {R"("add_cross_attention": true)", "add_cross_attention: got true"},
      {R"("is_encoder_decoder": true)", "is_encoder_decoder: got true"},
      {R"("hidden_act": "quick_gelu")", "hidden_act: got \"quick_gelu\", supported is gelu, "},
      {R"("auto_map": {"AutoModel": "x.py"})", "auto_map: got an object, supported is none"},
      {R"("quantization_config": {"bits": 4})", "quantization_config: got an object"},
      {R"("pruned_heads": {"0": [1]})", "pruned_heads: got an object"},
      {R"("architectures": ["BertForMaskedLM"])", "architectures: got a string \"BertForMaskedLM\", supported is"},
  };
  for (const auto& [member, message] : cases) {
    EXPECT_THAT(Parse(kBert, member), StatusIs(kUnsupported, HasSubstr(message))) << member;
  }
  EXPECT_THAT(ParseWith("\"bert\"", "\"t5\""),
              StatusIs(kUnsupported, "m/config.json: model_type: got \"t5\", supported is bert, distilbert"));
}

TEST(ModelConfig, MisspeltTypesAreRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("is_decoder": "no")", "is_decoder: got a string \"no\", wanted true or false"},
      {R"("hidden_act": 3)", "hidden_act: got the number 3, wanted a string"},
      {R"("problem_type": 3)", "problem_type: got the number 3, wanted a string"},
      {R"("architectures": "BertForSequenceClassification")", "architectures: got a string"},
      {R"("architectures": [1])", "architectures: got the number 1"},
  };
  for (const auto& [member, message] : cases) {
    EXPECT_THAT(Parse(kBert, member), StatusIs(kInvalid, HasSubstr(message))) << member;
  }
  EXPECT_THAT(ParseModelConfig("[]", "p"), StatusIs(kInvalid, "p: got an array, wanted an object"));
  EXPECT_THAT(ParseModelConfig("{", "p"), StatusIs(kInvalid, HasSubstr("p: not valid JSON")));
  EXPECT_THAT(ParseModelConfig("{}", "p"), StatusIs(kInvalid, "p: model_type: got nothing, wanted a string"));
  EXPECT_THAT(Parse(kBert, R"("vocab_size": 100)"), StatusIs(kInvalid, HasSubstr("\"vocab_size\" stands twice")));
}

TEST(ModelConfig, AMissingFileIsNamed) {
  EXPECT_THAT(LoadModelConfig("/no/such"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such/config.json")));
}

}  // namespace
}  // namespace lathe
