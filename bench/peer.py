"""Runs one peer on the comparison's work and prints one JSON line; compare.py starts it in the peers' environment.

A peer is a function that loads its model and returns a call: (ids, mask) -> logits, both int64 [texts, length].
"""
import argparse
import json
import pathlib
import resource
import statistics
import time

import numpy as np

MINIMUM_RUNS = 3
WARM_UP_RUNS = 2


def onnxruntime(model, threads):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    types = {value.name: np.int32 if "int32" in value.type else np.int64 for value in session.get_inputs()}
    return lambda ids, mask: session.run(None, {
        "input_ids": ids.astype(types["input_ids"], copy=False),
        "attention_mask": mask.astype(types["attention_mask"], copy=False)})[0]


def openvino(model, threads, precision=None):
    import openvino as ov
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
    if precision:  # Left alone, it computes in bf16 where the CPU can.
        settings["INFERENCE_PRECISION_HINT"] = precision
    compiled = ov.Core().compile_model(str(model), "CPU", settings)
    request, output = compiled.create_infer_request(), compiled.output(0)
    return lambda ids, mask: request.infer({"input_ids": ids, "attention_mask": mask})[output]


def pytorch(folder, threads):
    import torch
    from transformers import DistilBertForSequenceClassification
    torch.set_num_threads(threads)
    model = DistilBertForSequenceClassification.from_pretrained(folder, attn_implementation="sdpa").eval()

    def call(ids, mask):
        attention_mask = None if mask.all() else torch.from_numpy(mask)
        with torch.inference_mode():
            return model(input_ids=torch.from_numpy(ids), attention_mask=attention_mask).logits.numpy()
    return call


PEERS = {
    "onnxruntime_f32": lambda folder, threads: onnxruntime(folder / "opt.onnx", threads),
    "onnxruntime_int8": lambda folder, threads: onnxruntime(folder / "int8.onnx", threads),
    "openvino_f32": lambda folder, threads: openvino(folder / "ov_f32.xml", threads, "f32"),
    "openvino_bf16": lambda folder, threads: openvino(folder / "ov_f32.xml", threads, "bf16"),
    "openvino_int8": lambda folder, threads: openvino(folder / "ov_int8.xml", threads),
    "torch_f32": pytorch,
}


def median_seconds(call, runs):
    for _ in range(WARM_UP_RUNS):
        call()
    seconds = []
    for _ in range(max(MINIMUM_RUNS, runs)):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def padded_batches(lengths, batch, random):
    """Batches in the order of `lengths`, each padded to its longest text, as these peers need."""
    for begin in range(0, len(lengths), batch):
        part = np.array(lengths[begin : begin + batch])
        mask = (np.arange(part.max()) < part[:, None]).astype(np.int64)
        yield random.integers(1000, 30000, mask.shape) * mask, mask


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--work", required=True, help="JSON: [{name, shape: [texts, length] or lengths + batch, runs}, ...]")
    arguments = parser.parse_args()

    start = time.perf_counter()
    call = PEERS[arguments.peer](arguments.folder, arguments.threads)
    row = {"load_seconds": time.perf_counter() - start}
    reference = np.load(arguments.folder / "reference.npz")
    logits = call(reference["ids"], np.ones_like(reference["ids"]))
    row["logit_error_max"] = float(np.abs(logits - reference["logits"]).max())

    random = np.random.default_rng(0)
    row["median_seconds"] = {}
    for work in json.loads(arguments.work):
        if "shape" in work:
            ids = random.integers(1000, 30000, work["shape"])
            batches = [(ids, np.ones_like(ids))]
        else:
            batches = list(padded_batches(work["lengths"], work["batch"], random))
        row["median_seconds"][work["name"]] = median_seconds(lambda: [call(*inputs) for inputs in batches], work["runs"])
    row["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(row))


if __name__ == "__main__":
    main()
