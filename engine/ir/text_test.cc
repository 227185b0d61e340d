#include "engine/ir/text.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The elements of the only constant of a graph that returns it.
absl::StatusOr<Tensor> ReadConstant(absl::string_view type, absl::string_view literal) {
  ASSIGN_OR_RETURN(const Graph graph, Parse(absl::StrCat("graph @g() -> ", type, " { %c = constant ", type, " ",
                                                         literal, " return %c }")));
  return graph.outputs()[0]->source()->Read();
}

TEST(Literal, HoldsEveryInteger) {
  ASSERT_OK_AND_ASSIGN(const Tensor tensor, ReadConstant("i32[3]", "[2147483647, -2147483648, 16777217]"));
  EXPECT_THAT(tensor.data<int32_t>(), ElementsAre(2147483647, std::numeric_limits<int32_t>::min(), 16777217));
}

TEST(Literal, PrintsAsFewDigitsAsReadBackTheSame) {
  const auto text = [](float value) { return MakeConstantSource(Tensor::Of<float>({}, {value}))->text(); };
  EXPECT_EQ(text(0.1f), "0.1");
  EXPECT_EQ(text(1), "1.0");
  EXPECT_EQ(text(-0.0f), "-0.0");
  EXPECT_EQ(text(16777217.0f), "16777216.0");
  EXPECT_EQ(text(1.4142135f), "1.4142135");
  EXPECT_EQ(text(-std::numeric_limits<float>::infinity()), "-inf");
}

TEST(Literal, RefusesOtherNumbersOfElements) {
  EXPECT_THAT(ReadConstant("f32[2]", "[1.0]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted 2 elements")));
  EXPECT_THAT(ReadConstant("f32[17]", "[1.0]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 16 elements")));
  EXPECT_THAT(ReadConstant("f32[]", "[]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted 1 elements")));
}

struct Mistake {
  const char* text;
  const char* error;
};

TEST(Parse, ErrorsSayWhereGotAndWanted) {
  const Mistake mistakes[] = {
      {"", "1:1: got the end of the text, wanted graph"},
      {"graph tiny() -> f32[] {", "1:7: got \"tiny\", wanted a graph's name such as @tiny"},
      {"graph @g(x: f32[]) -> f32[] {", "1:10: got \"x\", wanted an input such as %x: f32[T, 8]"},
      {"graph @g(%x: f64[]) -> f32[] {", "1:14: got \"f64\", wanted a type such as f32[T, 768]"},
      {"graph @g(%x: f32[H]) -> f32[] {", "1:18: got \"H\", wanted a number, T or N"},
      {"graph @g(%x: f32[T, N]) -> f32[] {", "1:14: more than one symbolic dimension in f32[T, N]"},
      {"graph @g(%x: f32[], %x: f32[]) -> f32[] {", "1:21: %x is defined twice"},
      {"graph @g(%x: f32[]) -> f32[] { %y = sinh(%x) : f32[] return %y }", "1:37: got \"sinh\", wanted an op"},
      {"graph @g(%x: f32[]) -> f32[] { %y = neg(%x) return %y }", "1:45: got \"return\", wanted \":\""},
      {"graph @g(%x: f32[1]) -> f32[1] { %y = cast(%x) {to = f32, to = f32} : f32[1] return %y }",
       "got \"=\", wanted attribute to once"},
      {"graph @g(%x: f32[]) -> f32[] { %y = fusion(%x) {kin = loop} : f32[] {",
       "1:37: fusion: attribute kind is missing"},
      {"graph @g(%x: f32[]) -> f32[1] { return %x }", "1:33: the values returned do not have the types"},
      {"graph @g(%x: f32[]) -> f32[] { %c = constant f32[] \"w", "1:52: a string without an end"},
      {"graph @g(%x: f32[]) -> f32[] { # }", "1:32: unexpected character #"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_THAT(Parse(mistake.text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(mistake.error)))
        << mistake.text;
  }
}

TEST(Parse, ConstantsWithANameComeFromTheResolver) {
  constexpr char kText[] = "graph @g() -> f32[2] { %w = constant f32[2] \"a.weight\" return %w }";
  const ConstantResolver resolver = [](absl::string_view name,
                                       const Type& type) -> absl::StatusOr<std::shared_ptr<const ConstantSource>> {
    if (name != "a.weight") return absl::NotFoundError("no such tensor");
    return MakeConstantSource(Tensor::Of<float>({2}, {1, 2}), name);
  };
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(kText, resolver));
  ASSERT_OK_AND_ASSIGN(const Tensor tensor, graph.outputs()[0]->source()->Read());
  EXPECT_THAT(tensor.data<float>(), ElementsAre(1, 2));
  ASSERT_OK_AND_ASSIGN(const Graph unresolved, Parse(kText));
  EXPECT_THAT(unresolved.outputs()[0]->source()->Read(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("\"a.weight\"")));
}

}  // namespace
}  // namespace lathe
