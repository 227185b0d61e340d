// The passes that every graph goes through before a device sees it.
#ifndef LATHE_ENGINE_PASSES_PIPELINE_H_
#define LATHE_ENGINE_PASSES_PIPELINE_H_

#include "engine/passes/pass_runner.h"

namespace lathe {

PassRunner StandardPipeline();

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_PIPELINE_H_
