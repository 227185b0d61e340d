#!/usr/bin/env python3
"""Reference answers of a model folder: transformers in f32 on the stored weights.

    python tests/golden/make_golden.py MODEL_DIR GOLDEN_JSONL

Rewrites GOLDEN_JSONL in place: each line's `text`, and `pair` if it has one, stay; ids, logits, label and score are made anew. A
line may also be a bare JSON string, or an array of two for a pair, which is how a new file begins. Needs torch, transformers and
tokenizers; CI needs none of them, since the files are committed.
"""
import json
import sys

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification

TOKENS_MAX = 512


def read_texts(path):
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        if isinstance(row, dict):
            yield row["text"], row.get("pair")
        else:
            yield (row, None) if isinstance(row, str) else tuple(row)


def answer(model, tokenizer, text, pair):
    encoding = tokenizer.encode(text) if pair is None else tokenizer.encode(text, pair)
    arguments = {"input_ids": torch.tensor([encoding.ids])}
    row = {"text": text, "input_ids": encoding.ids}
    if pair is not None:
        row = {"text": text, "pair": pair, "input_ids": encoding.ids}
    if model.config.model_type != "distilbert":
        arguments["token_type_ids"] = torch.tensor([encoding.type_ids])
        row["token_type_ids"] = encoding.type_ids
    logits = model(**arguments).logits[0]
    best = int(logits.argmax())
    return {**row, "logits": logits.tolist(), "label": model.config.id2label[best], "score": float(logits.softmax(-1)[best])}


def main():
    folder, path = sys.argv[1:]
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS_MAX)
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        rows = [answer(model, tokenizer, text, pair) for text, pair in read_texts(path)]
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
    logits = torch.tensor([row["logits"] for row in rows])
    print(f"{len(rows)} texts, logits {tuple(logits.shape[1:])} with standard deviation {logits.std():.3f}")


main()
