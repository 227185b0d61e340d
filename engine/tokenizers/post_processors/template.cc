#include "engine/tokenizers/post_processors/template.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace lathe {
namespace {

using Piece = Template::Piece;
using Kind = Template::Piece::Kind;

int64_t Count(const std::vector<Piece>& pieces, Kind kind) {
  return std::count_if(pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.kind == kind; });
}

int64_t SpecialTokens(const std::vector<Piece>& pieces) {
  int64_t tokens = 0;
  for (const Piece& piece : pieces) tokens += piece.ids.size();
  return tokens;
}

Piece First() { return {Kind::kFirstText, 0, {}}; }
Piece Second() { return {Kind::kSecondText, 1, {}}; }
Piece Special(int32_t id, int32_t segment_id) { return {Kind::kSpecialTokens, segment_id, {id}}; }

}  // namespace

absl::StatusOr<Template> Template::Create(std::vector<Piece> single, std::vector<Piece> pair) {
  if (Count(single, Kind::kFirstText) != 1 || Count(single, Kind::kSecondText) != 0) {
    return absl::UnimplementedError("single: wanted Sequence A exactly once and no Sequence B");
  }
  if (Count(pair, Kind::kFirstText) != 1 || Count(pair, Kind::kSecondText) != 1) {
    return absl::UnimplementedError("pair: wanted Sequence A and Sequence B exactly once each");
  }
  return Template(std::move(single), std::move(pair));
}

Template Template::Plain() { return Template({First()}, {First(), Second()}); }

Template Template::Bert(int32_t cls_id, int32_t sep_id) {
  return Template({Special(cls_id, 0), First(), Special(sep_id, 0)},
                  {Special(cls_id, 0), First(), Special(sep_id, 0), Second(), Special(sep_id, 1)});
}

Template::Template(std::vector<Piece> single, std::vector<Piece> pair)
    : single_(std::move(single)),
      pair_(std::move(pair)),
      single_special_tokens_(SpecialTokens(single_)),
      pair_special_tokens_(SpecialTokens(pair_)) {}

void Template::Fill(bool pair, absl::Span<const int32_t> first, absl::Span<const int32_t> second,
                    std::vector<int32_t>& ids, std::vector<int32_t>& segment_ids) const {
  const size_t length = ids.size() + first.size() + (pair ? second.size() : 0) + special_tokens(pair);
  ids.reserve(length);
  segment_ids.reserve(length);
  for (const Piece& piece : pair ? pair_ : single_) {
    const absl::Span<const int32_t> part = piece.kind == Kind::kFirstText    ? first
                                           : piece.kind == Kind::kSecondText ? second
                                                                             : absl::MakeConstSpan(piece.ids);
    ids.insert(ids.end(), part.begin(), part.end());
    segment_ids.insert(segment_ids.end(), part.size(), piece.segment_id);
  }
}

}  // namespace lathe
