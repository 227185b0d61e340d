"""Makes the model of the comparison in every peer's form: make_peer_models.py FOLDER LENGTHS.json

One DistilBERT of the base size (6 layers, 768 wide, 12 heads, 2 labels) with seeded random weights, as
  model.safetensors, config.json   for Lathe and PyTorch
  opt.onnx, int8.onnx              ONNX after ONNX Runtime's transformer optimizer, and that with dynamic int8 weights
  ov_f32.xml, ov_int8.xml          OpenVINO, and quantized by NNCF (SmoothQuant) on inputs with the lengths of LENGTHS.json
  reference.npz                    ids and PyTorch's logits for them, which every peer is held to
"""
import json
import pathlib
import sys

import nncf
import numpy as np
import onnx
import openvino
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from transformers import DistilBertConfig, DistilBertForSequenceClassification

HEADS, WIDTH = 12, 768
CALIBRATION_TEXTS = 60
INPUTS = ["input_ids", "attention_mask"]


class LogitsOnly(torch.nn.Module):
    """The classifier with tensors for inputs and a tensor for an output, as the exporter wants it."""

    def __init__(self, classifier):
        super().__init__()
        self.classifier = classifier

    def forward(self, input_ids, attention_mask):
        return self.classifier(input_ids=input_ids, attention_mask=attention_mask).logits


def make_classifier(folder):
    torch.manual_seed(0)
    classifier = DistilBertForSequenceClassification._from_config(DistilBertConfig(num_labels=2), attn_implementation="eager")
    classifier.eval().save_pretrained(folder)
    return classifier


def save_reference(classifier, folder):
    ids = torch.randint(1000, 30000, (4, 32), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        np.savez(folder / "reference.npz", ids=ids.numpy(), logits=classifier(input_ids=ids).logits.numpy())


def export_onnx(classifier, path):
    sample = torch.randint(1000, 30000, (2, 16))
    axes = {name: {0: "batch", 1: "length"} for name in INPUTS}
    torch.onnx.export(LogitsOnly(classifier).eval(), (sample, torch.ones_like(sample)), str(path), input_names=INPUTS,
                      output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False)


def make_onnxruntime(exported, folder):
    options = FusionOptions("bert")
    model = optimize_model(str(exported), model_type="bert", num_heads=HEADS, hidden_size=WIDTH,
                           optimization_options=options, opt_level=0)
    print("onnxruntime fused:", model.get_fused_operator_statistics())
    model.save_model_to_file(str(folder / "opt.onnx"))
    quantize_dynamic(folder / "opt.onnx", folder / "int8.onnx", weight_type=QuantType.QInt8, per_channel=True,
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})


def make_openvino(exported, folder, lengths):
    model = openvino.Core().read_model(exported)
    openvino.save_model(model, folder / "ov_f32.xml", compress_to_fp16=False)
    random = np.random.default_rng(0)
    samples = [{"input_ids": random.integers(1000, 30000, (1, length)), "attention_mask": np.ones((1, length), np.int64)}
               for length in lengths[:CALIBRATION_TEXTS]]
    quantized = nncf.quantize(model, nncf.Dataset(samples), model_type=nncf.ModelType.TRANSFORMER,
                              subset_size=len(samples))
    openvino.save_model(quantized, folder / "ov_int8.xml")


def main():
    folder = pathlib.Path(sys.argv[1])
    lengths = json.loads(pathlib.Path(sys.argv[2]).read_text())
    folder.mkdir(parents=True, exist_ok=True)
    classifier = make_classifier(folder)
    exported = folder / "model.onnx"
    export_onnx(classifier, exported)
    make_onnxruntime(exported, folder)
    make_openvino(exported, folder, lengths)
    save_reference(classifier, folder)  # Last: its presence says that the others are complete.


if __name__ == "__main__":
    main()
