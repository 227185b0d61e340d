#include "engine/devices/cpu/cpu_executable.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/base/stopwatch.h"

namespace lathe::cpu {
namespace {

int64_t LongestOf(absl::Span<const int32_t> cu_seqlens) {
  int64_t longest = 0;
  for (size_t i = 0; i + 1 < cu_seqlens.size(); ++i) {
    longest = std::max<int64_t>(longest, cu_seqlens[i + 1] - cu_seqlens[i]);
  }
  return longest;
}

// Bytes from the first row of a value to the one that belongs to the share's first sequence or token.
int64_t ShareOffset(const Type& type, int64_t first_token, int64_t first_sequence) {
  if (type.rank() == 0 || type.shape[0].is_constant()) return 0;
  Shape row = type.shape;
  row[0] = 1;
  const int64_t first_row = type.shape[0] == Dim::T() ? first_token : first_sequence;
  return first_row * ElementCount(row).constant * SizeOf(type.dtype);
}

// The memory of one frame inside an arena: values, then cu_seqlens made for a share, then scratch.
struct Layout {
  int64_t values = 0;
  int64_t cu_seqlens = 0;
  int64_t scratch = 0;  // Of one thread.
  int64_t scratches = 1;

  int64_t bytes() const { return values + cu_seqlens + scratch * scratches; }
};

Layout LayoutFor(const Plan& plan, const Extents& extents, int64_t longest, int64_t threads) {
  const int64_t cu_bytes = (extents.sequences + 1) * static_cast<int64_t>(sizeof(int32_t));
  Layout layout;
  layout.values = plan.arena_bytes.Evaluate(extents);
  layout.cu_seqlens = (cu_bytes + 63) / 64 * 64;
  layout.scratch = plan.scratch_bytes(longest);
  layout.scratches = threads;
  return layout;
}

// A frame with what it points to.
struct Share {
  Frame frame;
  std::vector<const void*> inputs;
  Layout layout;
  int64_t first_token = 0;
  int64_t first_sequence = 0;

  void* scratch(int thread) const {
    return frame.arena + layout.values + layout.cu_seqlens + static_cast<int64_t>(thread) * layout.scratch;
  }
};

// Points a share's inputs at its own rows, and makes its own cu_seqlens, which begin at 0.
void BindInputs(const Plan& plan, const Execution& execution, absl::Span<const int32_t> cu_seqlens, Share* share) {
  int32_t* own = reinterpret_cast<int32_t*>(share->frame.arena + share->layout.values);
  for (int64_t i = 0; i <= share->frame.extents.sequences && !cu_seqlens.empty(); ++i) {
    own[i] = cu_seqlens[static_cast<size_t>(share->first_sequence + i)] - static_cast<int32_t>(share->first_token);
  }
  for (size_t i = 0; i < execution.inputs.size(); ++i) {
    const int64_t offset = ShareOffset(plan.graph.inputs()[i]->type(), share->first_token, share->first_sequence);
    share->inputs.push_back(static_cast<const char*>(execution.inputs[i]) + offset);
  }
  for (const size_t input : plan.cu_seqlens_inputs) share->inputs[input] = own;
  share->frame.inputs = share->inputs;
}

// Copies the outputs' rows of a share to where the caller wants them.
void CopyOutputs(const Plan& plan, const Execution& execution, const Share& share) {
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const Operand& operand = plan.outputs[i];
    const int64_t element = SizeOf(operand.dtype);
    const char* from = static_cast<const char*>(share.frame.Read(operand));
    char* to = static_cast<char*>(execution.outputs[i]) +
               ShareOffset(plan.graph.outputs()[i]->type(), share.first_token, share.first_sequence);
    for (int64_t row = 0; row < share.frame.Rows(operand); ++row) {
      std::memcpy(to + row * operand.width * element, from + row * operand.stride * element,
                  static_cast<size_t>(operand.width * element));
    }
  }
}

}  // namespace

// An arena for the time of a run.
class CpuExecutable::Lease {
 public:
  Lease(const CpuExecutable& owner, std::unique_ptr<PageBuffer> arena) : owner_(owner), arena_(std::move(arena)) {}
  ~Lease() { owner_.GiveBack(std::move(arena_)); }
  char* data() const { return arena_->data(); }

 private:
  const CpuExecutable& owner_;
  std::unique_ptr<PageBuffer> arena_;
};

absl::StatusOr<std::unique_ptr<PageBuffer>> CpuExecutable::TakeArena(int64_t bytes) const {
  {
    MutexLock lock(&mutex_);
    if (!arenas_.empty()) {
      std::unique_ptr<PageBuffer> arena = std::move(arenas_.back());
      arenas_.pop_back();
      if (arena->size() >= bytes) return arena;
    }
  }
  return PageBuffer::Allocate(bytes);
}

void CpuExecutable::GiveBack(std::unique_ptr<PageBuffer> arena) const {
  MutexLock lock(&mutex_);
  arenas_.push_back(std::move(arena));
}

absl::Span<const int32_t> CpuExecutable::CuSeqlens(const Execution& execution) const {
  if (plan_->cu_seqlens_inputs.empty()) return {};
  return {static_cast<const int32_t*>(execution.inputs[plan_->cu_seqlens_inputs[0]]),
          static_cast<size_t>(execution.extents.sequences + 1)};
}

absl::Status CpuExecutable::Check(const Execution& execution) const {
  if (execution.inputs.size() != plan_->graph.inputs().size() || execution.outputs.size() != plan_->outputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat("got ", execution.inputs.size(), " inputs and ",
                                                   execution.outputs.size(), " outputs, wanted ",
                                                   plan_->graph.inputs().size(), " and ", plan_->outputs.size()));
  }
  const absl::Span<const int32_t> cu_seqlens = CuSeqlens(execution);
  if (!cu_seqlens.empty()) {
    bool rising = cu_seqlens.front() == 0 && cu_seqlens.back() == execution.extents.tokens;
    for (size_t i = 0; i + 1 < cu_seqlens.size(); ++i) rising = rising && cu_seqlens[i] < cu_seqlens[i + 1];
    if (!rising)
      return absl::InvalidArgumentError("cu_seqlens: wanted a strictly rising list from 0 to the number of tokens");
  }
  for (const IdLimit& limit : plan_->id_limits) {
    const Node& input = *plan_->graph.inputs()[limit.input];
    const int64_t rows = limit.rows.Evaluate(execution.extents);
    const int32_t* ids = static_cast<const int32_t*>(execution.inputs[limit.input]);
    for (int64_t i = 0; i < ElementCount(input.type().shape).Evaluate(execution.extents); ++i) {
      if (ids[i] >= 0 && ids[i] < rows) continue;
      return absl::InvalidArgumentError(absl::StrCat(input.name(), ": got ", ids[i], ", wanted 0 to ", rows - 1));
    }
  }
  return absl::OkStatus();
}

Schedule CpuExecutable::ScheduleFor(const Execution& execution) const {
  ScheduleInputs inputs;
  inputs.cu_seqlens = CuSeqlens(execution);
  inputs.threads = pool_.threads();
  inputs.separable = plan_->separable;
  inputs.steps = static_cast<int64_t>(plan_->steps.size());
  inputs.packed_bytes = plan_->packed_bytes;
  return ChooseSchedule(inputs);
}

absl::Status CpuExecutable::Run(const Execution& execution) const {
  RETURN_IF_ERROR(Check(execution));
  return RunScheduled(execution, ScheduleFor(execution));
}

absl::Status CpuExecutable::RunScheduled(const Execution& execution, const Schedule& schedule) const {
  const absl::Span<const int32_t> cu_seqlens = CuSeqlens(execution);
  std::vector<Share> shares;
  int64_t bytes = 0;
  std::vector<Range> ranges = schedule.shares;
  if (!schedule.whole) ranges = {{0, execution.extents.sequences}};
  for (const Range& range : ranges) {
    Share share;
    share.first_sequence = range.begin;
    share.frame.extents = execution.extents;
    if (!cu_seqlens.empty()) {
      const absl::Span<const int32_t> own =
          cu_seqlens.subspan(static_cast<size_t>(range.begin), static_cast<size_t>(range.size()) + 1);
      share.first_token = own.front();
      share.frame.extents = {own.back() - own.front(), range.size()};
      share.frame.longest = LongestOf(own);
    }
    share.layout = LayoutFor(*plan_, share.frame.extents, share.frame.longest, schedule.whole ? 1 : schedule.parts);
    bytes += share.layout.bytes();
    shares.push_back(std::move(share));
  }

  ASSIGN_OR_RETURN(std::unique_ptr<PageBuffer> arena, TakeArena(bytes));
  const Lease lease(*this, std::move(arena));
  char* next = lease.data();
  for (Share& share : shares) {
    share.frame.arena = next;
    next += share.layout.bytes();
    BindInputs(*plan_, execution, cu_seqlens, &share);
  }

  if (schedule.whole) {
    pool_.Run(schedule.parts, [&](int part) {
      const Share& share = shares[static_cast<size_t>(part)];
      for (const PlannedStep& planned : plan_->steps) planned.step->Run(share.frame, 0, 1, share.scratch(0));
      CopyOutputs(*plan_, execution, share);
    });
    return absl::OkStatus();
  }
  Barrier barrier(schedule.parts);
  pool_.Run(schedule.parts, [&](int part) {
    for (const PlannedStep& planned : plan_->steps) {
      planned.step->Run(shares[0].frame, part, schedule.parts, shares[0].scratch(part));
      barrier.Wait();
    }
  });
  CopyOutputs(*plan_, execution, shares[0]);
  return absl::OkStatus();
}

int64_t CpuExecutable::arena_bytes(const Extents& extents, int64_t longest) const {
  return LayoutFor(*plan_, extents, longest, pool_.threads()).bytes();
}

absl::StatusOr<std::vector<StepRecord>> CpuExecutable::Explain(const Execution* execution) const {
  std::vector<StepRecord> records;
  for (const PlannedStep& planned : plan_->steps) records.push_back(planned.record);
  if (execution == nullptr) return records;
  RETURN_IF_ERROR(Check(*execution));
  const absl::Span<const int32_t> cu_seqlens = CuSeqlens(*execution);
  Share share;
  share.frame.extents = execution->extents;
  share.frame.longest = LongestOf(cu_seqlens);
  share.layout = LayoutFor(*plan_, execution->extents, share.frame.longest, 1);
  ASSIGN_OR_RETURN(std::unique_ptr<PageBuffer> arena, TakeArena(share.layout.bytes()));
  const Lease lease(*this, std::move(arena));
  share.frame.arena = lease.data();
  BindInputs(*plan_, *execution, cu_seqlens, &share);
  pool_.Run(1, [&](int) {
    for (size_t i = 0; i < records.size(); ++i) {
      const Step& step = *plan_->steps[i].step;
      const Stopwatch stopwatch;
      step.Run(share.frame, 0, 1, share.scratch(0));
      records[i].seconds = stopwatch.seconds();
      const Work work = step.work(execution->extents);
      records[i].flops = work.flops;
      records[i].bytes = work.bytes;
    }
  });
  CopyOutputs(*plan_, *execution, share);
  return records;
}

}  // namespace lathe::cpu
