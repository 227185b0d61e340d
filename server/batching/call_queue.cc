#include "server/batching/call_queue.h"

namespace lathe {
namespace {

int64_t TokensOf(const PendingCall& pending, size_t text) {
  return static_cast<int64_t>(pending.call.texts[text].ids.size());
}

int64_t TokensLeft(const PendingCall& pending) {
  int64_t tokens = 0;
  for (size_t text = pending.next_text; text < pending.call.texts.size(); ++text) tokens += TokensOf(pending, text);
  return tokens;
}

bool AllTaken(const PendingCall& pending) { return pending.next_text == pending.call.texts.size(); }

// Moves `pending` on over the texts that fit into `room`, which shrinks by what was taken.
Slice TakeSlice(const std::shared_ptr<PendingCall>& pending, int64_t& room) {
  Slice slice{pending, pending->next_text, 0};
  while (!AllTaken(*pending) && TokensOf(*pending, pending->next_text) <= room) {
    room -= TokensOf(*pending, pending->next_text);
    ++pending->next_text;
    ++slice.count;
  }
  return slice;
}

}  // namespace

void CallQueue::Add(std::shared_ptr<PendingCall> pending) {
  tokens_ += TokensLeft(*pending);
  const Key key(pending->call.deadline, pending->arrival);
  calls_.emplace(key, std::move(pending));
}

CallQueue::Calls::iterator CallQueue::Erase(Calls::iterator call) {
  tokens_ -= TokensLeft(*call->second);
  return calls_.erase(call);
}

void CallQueue::Remove(const PendingCall& pending) {
  const auto call = calls_.find(Key(pending.call.deadline, pending.arrival));
  if (call != calls_.end()) Erase(call);
}

std::vector<Slice> CallQueue::TakeBatch(int64_t token_budget) {
  std::vector<Slice> slices;
  int64_t room = token_budget;
  for (auto call = calls_.begin(); call != calls_.end(); call = Erase(call)) {
    const int64_t room_before = room;
    Slice slice = TakeSlice(call->second, room);
    tokens_ -= room_before - room;
    const bool all_taken = AllTaken(*call->second);
    if (slice.count > 0) slices.push_back(std::move(slice));
    if (!all_taken) break;
  }
  return slices;
}

std::vector<std::shared_ptr<PendingCall>> CallQueue::TakeExpired(TimePoint now) {
  std::vector<std::shared_ptr<PendingCall>> expired;
  for (auto call = calls_.begin(); call != calls_.end() && call->first.first <= now; call = Erase(call)) {
    expired.push_back(call->second);
  }
  return expired;
}

}  // namespace lathe
