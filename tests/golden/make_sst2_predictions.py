#!/usr/bin/env python3
"""The reference's predictions on the sentences of SST-2: one character a sentence, the index of its label.

    python tests/golden/make_sst2_predictions.py MODEL_DIR SST2_TSV OUT_TXT

Needs torch, transformers and tokenizers; CI needs none of them, since the files are committed. Prints the accuracy, and how near
to a tie the nearest sentence comes.
"""
import sys

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification


def main():
    folder, tsv, out = sys.argv[1:]
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    rows = [line.rstrip("\n").split("\t", 1) for line in open(tsv, encoding="utf-8")]
    predictions, right, nearest = "", 0, float("inf")
    with torch.no_grad():
        for label, text in rows:
            logits = model(input_ids=torch.tensor([tokenizer.encode(text).ids])).logits[0]
            best = int(logits.argmax())
            predictions += str(best)
            right += best == int(label)
            top = logits.sort(descending=True).values
            nearest = min(nearest, float(top[0] - top[1]))
    with open(out, "w", encoding="ascii") as file:
        file.write(predictions + "\n")
    print(f"{len(rows)} sentences, accuracy {right / len(rows):.4f}, smallest margin {nearest:.5f}")


if __name__ == "__main__":
    main()
