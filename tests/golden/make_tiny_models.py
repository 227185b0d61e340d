#!/usr/bin/env python3
"""Writes models/: tiny seeded checkpoints with reference logits, one folder each.

    python tests/golden/make_tiny_models.py

Needs torch, transformers and safetensors; CI needs none of them, since what it writes is committed. Each checkpoint is small in
bytes and not in numbers: its weights are scaled so that the logits' standard deviation is at least 1, and every feature of its
config, when flipped, moves the logits by more than 10 tolerances (2e-4 + 2e-4 |logit|). Both are checked here, together with how
far f32 arithmetic is from f64, and recorded in features.json.
"""
import copy
import json
import math
import pathlib
import shutil

import torch
from safetensors.torch import save_file
from transformers import (BertConfig, BertForSequenceClassification, DistilBertConfig,
                          DistilBertForSequenceClassification)

FOLDER = pathlib.Path(__file__).parent / "models"
TEXTS = 64
SINGLE, MULTI, REGRESSION = "single_label_classification", "multi_label_classification", "regression"


def bert(**more):
    base = dict(vocab_size=100, hidden_size=36, num_attention_heads=3, intermediate_size=40, num_hidden_layers=2,
                max_position_embeddings=48, type_vocab_size=2, layer_norm_eps=0.02, hidden_act="gelu")
    return BertConfig(**{**base, **more}, attn_implementation="eager")


def distilbert(**more):
    base = dict(vocab_size=90, dim=36, n_heads=3, hidden_dim=40, n_layers=2, max_position_embeddings=40, activation="gelu")
    return DistilBertConfig(**{**base, **more}, attn_implementation="eager")


# name -> config, stored type, number of shards, features to flip: a name, and what becomes of (config, inputs).
MODELS = {
    "bert_single_label": (bert(num_labels=3, problem_type=SINGLE), torch.float32, 1),
    "bert_multi_label": (bert(hidden_size=32, num_attention_heads=4, num_hidden_layers=3, intermediate_size=50, num_labels=5,
                              hidden_act="gelu_new", problem_type=MULTI, layer_norm_eps=0.05), torch.float16, 1),
    "bert_regression": (bert(hidden_size=20, num_attention_heads=5, hidden_act="relu", num_labels=1, type_vocab_size=3,
                             intermediate_size=33), torch.bfloat16, 1),
    "bert_sharded": (bert(hidden_size=28, num_attention_heads=1, hidden_act="silu", num_labels=2,
                          id2label={0: "no", 1: "yes"}), torch.float16, 2),
    "distilbert_single_label": (distilbert(num_labels=4, problem_type=SINGLE), torch.float32, 1),
    "distilbert_multi_label": (distilbert(dim=24, n_heads=2, activation="relu", n_layers=3, num_labels=3,
                                          problem_type=MULTI), torch.float16, 1),
    "distilbert_regression": (distilbert(dim=30, n_heads=5, activation="gelu_pytorch_tanh", hidden_dim=31, num_labels=2,
                                         problem_type=REGRESSION), torch.bfloat16, 1),
}


def activation_key(config):
    return "activation" if config.model_type == "distilbert" else "hidden_act"


def fill(model, generator):
    """Weights of a size that makes every part of the model matter."""
    config = model.config
    smooth = getattr(config, activation_key(config)).startswith("gelu")
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        fan_in = weight.shape[-1]
        if "LayerNorm" in name or "layer_norm" in name:
            value = 0.25 * noise + (1 if name.endswith("weight") else 0)
        elif "embeddings" in name:
            # Distilbert's epsilon is fixed: tables this small let it matter.
            value = noise * (0.01 if config.model_type == "distilbert" else 1)
        elif "lin1" in name or "intermediate" in name:
            # The kinds of GELU differ most, for their size, where they are small and negative.
            value = 0.3 * noise - (2.2 if smooth else 0) if name.endswith("bias") else 0.7 * noise / math.sqrt(fan_in)
        elif "lin2" in name or (".output.dense" in name and "attention" not in name):
            value = 0.3 * noise if name.endswith("bias") else (20 if smooth else 3) * noise / math.sqrt(fan_in)
        elif "pre_classifier" in name or "pooler" in name:
            value = 0.3 * noise if name.endswith("bias") else noise / math.sqrt(fan_in)
        elif "classifier" in name:
            scale = 10 if config.num_labels <= 2 else 4  # Few logits vary with the text, not from label to label.
            value = 0.5 * noise if name.endswith("bias") else scale * noise / math.sqrt(fan_in)
        else:
            value = 0.5 * noise if name.endswith("bias") else 1.3 * noise / math.sqrt(fan_in)
        weight.data = value


def make_inputs(config, generator):
    """Sequences of ids, of length 1, 2, the longest, and between; pairs where the model tells the texts apart."""
    longest = config.max_position_embeddings
    inputs = []
    for i in range(TEXTS):
        length = [1, 2, longest][i] if i < 3 else int(torch.randint(1, longest + 1, (1,), generator=generator))
        ids = torch.randint(0, config.vocab_size, (1, length), generator=generator)
        types = torch.zeros_like(ids)
        if config.model_type == "bert" and i % 2:
            cut = int(torch.randint(0, length + 1, (1,), generator=generator))
            types[0, cut:] = config.type_vocab_size - 1
        inputs.append({"input_ids": ids, "token_type_ids": types})
    return inputs


def run(model, inputs):
    rows = []
    with torch.no_grad():
        for one in inputs:
            arguments = dict(one)
            if model.config.model_type == "distilbert":
                arguments.pop("token_type_ids")
            rows.append(model(**arguments).logits[0])
    return torch.stack(rows)


def rebuilt(model, config):
    """The same weights under another config."""
    other = type(model)(config).eval()
    other.load_state_dict({k: v for k, v in model.state_dict().items() if k in other.state_dict()})
    return other


def flips(model, inputs):
    """Feature -> logits with that one feature changed."""
    config = model.config
    changed = {}

    def with_config(name, **more):
        other = copy.deepcopy(config)
        for key, value in more.items():
            setattr(other, key, value)
        changed[name] = run(rebuilt(model, other), inputs)

    key = activation_key(config)
    near = {"gelu": "gelu_new", "gelu_new": "gelu", "gelu_pytorch_tanh": "gelu", "relu": "gelu", "silu": "gelu"}
    with_config(f"{key}={near[getattr(config, key)]}", **{key: near[getattr(config, key)]})
    heads = next(h for h in (2, 3, 4) if config.hidden_size % h == 0 and h != config.num_attention_heads)
    with_config(f"heads={heads}", num_attention_heads=heads)
    with_config(f"layers={config.num_hidden_layers - 1}", num_hidden_layers=config.num_hidden_layers - 1)
    other = copy.deepcopy(model)
    for module in other.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.eps = 1e-12 if config.model_type == "bert" else 1e-5
    changed["layer_norm_eps"] = run(other, inputs)
    for part in ("position", "token_type"):
        other = copy.deepcopy(model)
        tables = [p for n, p in other.named_parameters() if f"{part}_embeddings" in n]
        for table in tables:
            table.data[:] = table.data[0].clone()
            changed[f"{part} ignored"] = run(other, inputs)
    for part in ("classifier", "q_lin", "k_lin", "v_lin", "query", "value", "lin2", "output.dense", "LayerNorm", "layer_norm"):
        other = copy.deepcopy(model)
        biases = [p for n, p in other.named_parameters() if n.endswith(f"{part}.bias")]
        if part in ("k_lin",) or not biases:
            continue  # A bias of keys moves every score of a query alike, which softmax does not see.
        for bias in biases:
            bias.data.zero_()
        changed[f"{part}.bias = 0"] = run(other, inputs)
    return changed


def tolerances(changed, reference):
    """How many tolerances the logit that moves most is away."""
    return float(((changed - reference).abs() / (2e-4 + 2e-4 * reference.abs())).max())


def save(folder, model, dtype, shards):
    state = {k: v.to(dtype).contiguous() for k, v in sorted(model.state_dict().items())}
    if shards == 1:
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        return
    names = list(state)
    weight_map = {}
    for i in range(shards):
        file = f"model-{i + 1:05}-of-{shards:05}.safetensors"
        part = names[i * len(names) // shards:(i + 1) * len(names) // shards]
        save_file({k: state[k] for k in part}, folder / file, metadata={"format": "pt"})
        weight_map.update({k: file for k in part})
    index = {"metadata": {"total_size": sum(v.nbytes for v in state.values())}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")


def save_config(folder, config):
    keep = dict(config.to_diff_dict())
    # Defaults that to_diff_dict leaves out, which Lathe wants said.
    for key in type(config)().to_dict():
        if key in ("vocab_size", "hidden_size", "num_attention_heads", "intermediate_size", "num_hidden_layers",
                   "max_position_embeddings", "type_vocab_size", "layer_norm_eps", "hidden_act", "dim", "n_heads",
                   "hidden_dim", "n_layers", "activation"):
            keep[key] = getattr(config, key)
    for key in ("_attn_implementation", "attn_implementation", "attn_implementation_internal"):
        keep.pop(key, None)
    (folder / "config.json").write_text(json.dumps(keep, indent=1, sort_keys=True) + "\n")


def make(name, config, dtype, shards, seed):
    generator = torch.Generator().manual_seed(seed)
    kind = BertForSequenceClassification if config.model_type == "bert" else DistilBertForSequenceClassification
    config.architectures = [kind.__name__]
    model = kind(config).eval()
    fill(model, generator)
    model.load_state_dict({k: v.to(dtype).float() for k, v in model.state_dict().items()})  # What the file can hold.
    inputs = make_inputs(config, generator)
    logits = run(model, inputs)
    exact = run(copy.deepcopy(model).double(), inputs)
    record = {
        "logit_std": round(float(logits.std()), 3),
        "f32_off_f64_in_tolerances": round(tolerances(logits.double(), exact), 4),
        "flipped_in_tolerances": {k: round(tolerances(v, logits), 1) for k, v in flips(model, inputs).items()},
    }
    assert record["logit_std"] >= 1, (name, record)
    assert record["f32_off_f64_in_tolerances"] < 0.2, (name, record)
    assert all(v > 10 for v in record["flipped_in_tolerances"].values()), (name, record)

    folder = FOLDER / name
    folder.mkdir(parents=True)
    save(folder, model, dtype, shards)
    save_config(folder, config)
    with open(folder / "golden.jsonl", "w") as file:
        for one, row in zip(inputs, logits):
            case = {"input_ids": one["input_ids"][0].tolist()}
            if config.model_type == "bert":
                case["token_type_ids"] = one["token_type_ids"][0].tolist()
            case["logits"] = [float(f"{float(x):.9g}") for x in row]
            file.write(json.dumps(case, separators=(",", ":")) + "\n")
    return record


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    records = {name: make(name, *spec, seed) for seed, (name, spec) in enumerate(MODELS.items(), start=20240801)}
    (FOLDER / "features.json").write_text(json.dumps(records, indent=1) + "\n")
    print(json.dumps(records, indent=1))


main()
