// The name of what a fusion computes: kernels are found by it, never by the name of a model.
#ifndef LATHE_ENGINE_PASSES_CANONICAL_FORM_H_
#define LATHE_ENGINE_PASSES_CANONICAL_FORM_H_

#include <string>

#include "engine/ir/graph.h"

namespace lathe {

// The body as one expression: "layer_norm(add(a, b), c, d)", "add(gelu(linear(a, b, c)), d)". Letters are the body's
// inputs, so `a` is input 0 of the fusion, `b` input 1, and so on, in the order in which the expression reads them.
// Scalar literals stand as numbers. A value that is read more than once is written out once, after a name:
// "mul($0 = add(a, b), sigmoid($0))". Of the attributes, words stand behind the inputs since they choose another
// function ("compare(a, b, lt)"); numbers (eps, begin, end) are parameters that a kernel takes from the body.
// Requires: a body with one output, as Outline makes it.
std::string CanonicalForm(const Graph& body);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_CANONICAL_FORM_H_
