"""Encoder reward models as other tools export them, for test/cli/score/encoders.test.ts: tiny ones with random weights, and their logits by
PyTorch for prompt and answer, encoded as on the card of OpenAssistant/reward-model-deberta-v3-large-v2: `tokenizer(question, answer)`.

    pip install torch==2.13.0 transformers==5.24.0 onnx==1.23.2 onnxscript==0.7.2
    python -P test/oracles/encoders.py          # writes test/oracles/encoders/*.onnx and encoders.json

The tokenizers are those of pieces.json.gz. `whole` has the logits of the whole texts, each run alone; `truncated` has those of
`tokenizer(question, answer, truncation=True, max_length=CUT)`.
"""

import gzip
import json
import tempfile
from pathlib import Path

import onnx
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

HERE = Path(__file__).parent
PIECES = json.loads(gzip.open(HERE / "pieces.json.gz").read())
CUT = 24
ROWS = [
    ("Explain nuclear fusion like I am five", ["", "Stars.", "Two small things become one bigger thing, and light comes out.", "Imagine marbles. " * 12]),
    ("Warum ist der Himmel blau?", ["Weil die Größe der Teilchen zählt…", "Ｗｅｉｌ　天空是蓝色的。", "e\u0301 👩‍👩‍👧 ½ ﬁ\u200b\r\n\tx", "I don't know, sorry!"]),
    ("Tell me everything. " * 8, ["No.", "Yes. " * 30, "  spaces   inside  ", "UPPER lower ΟΔΟΣ İstanbul"]),
]
SMALL = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24, "num_labels": 1, "initializer_range": 0.3}


def deberta(size):
    return DebertaV2ForSequenceClassification(
        DebertaV2Config(
            vocab_size=size, max_position_embeddings=64, relative_attention=True, position_buckets=16, max_relative_positions=-1,
            norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type=["p2c", "c2p"], position_biased_input=False, type_vocab_size=0,
            pooler_hidden_size=16, pad_token_id=0, **SMALL,
        )
    )


def bert(size):
    return BertForSequenceClassification(BertConfig(vocab_size=size, max_position_embeddings=640, pad_token_id=0, attn_implementation="eager", **SMALL))


def xlm_roberta(size):
    config = XLMRobertaConfig(
        vocab_size=size, max_position_embeddings=642, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        attn_implementation="eager", **SMALL,
    )
    return XLMRobertaForSequenceClassification(config)


class Logits(nn.Module):
    def __init__(self, model, names, out):
        super().__init__()
        self.model, self.names, self.out = model, names, out

    def forward(self, *inputs):
        return self.model(**dict(zip(self.names, inputs))).logits.to(self.out)


class ThreeInputs(Logits):
    def forward(self, input_ids, attention_mask, token_type_ids):
        return super().forward(input_ids, attention_mask, token_type_ids)


class TwoInputs(Logits):
    def forward(self, input_ids, attention_mask):
        return super().forward(input_ids, attention_mask)


def wrapped(model, names, out):
    return (ThreeInputs if len(names) == 3 else TwoInputs)(model, names, out).eval()


def export(model, names, file, traced):
    """Exports by PyTorch's current exporter (dynamo), or by the older one that traces, as optimum does."""
    example = tuple(torch.ones(2, 6, dtype=torch.int64) for _ in names)
    axes = {0: "batch", 1: "tokens"}
    if traced:
        torch.onnx.export(
            model, example, file, input_names=names, output_names=["logits"], dynamic_axes={**{name: axes for name in names}, "logits": {0: "batch"}},
            dynamo=False, opset_version=17,
        )
    else:
        batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens")
        shapes = tuple({0: batch, 1: tokens} for _ in names)
        torch.onnx.export(
            model, example, file, input_names=names, output_names=["logits"], dynamic_shapes=shapes, external_data=False, dynamo=True,
            optimize=True, verbose=False,
        )
    stripped = onnx.load(file)
    for one in [*stripped.graph.node, *stripped.graph.value_info, *stripped.graph.input, *stripped.graph.output, stripped.graph]:
        del one.metadata_props[:]
        one.doc_string = ""
    onnx.save(stripped, file)


def tokenizer_of(name):
    made = PIECES["tokenizers"][name]
    settings = json.dumps(made["tokenizer"]).replace('"charsmap"', json.dumps(PIECES["charsmap"]))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(settings)
        file.flush()
        pad = "<pad>" if "<pad>" in settings else "[PAD]"
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_file(file.name), pad_token=pad, **made["config"])
    assert tokenizer("a", "b").input_ids == Tokenizer.from_str(settings).encode("a", "b").ids
    return tokenizer


def logits(model, names, tokenizer, **options):
    # The texts are in lists, because an empty answer outside of a list would not count as a second text.
    def of(question, answer):
        inputs = tokenizer([question], [answer], return_tensors="pt", return_token_type_ids=True, **options)
        with torch.no_grad():
            return model(**{name: inputs[name] for name in names}).logits[0, 0].item()

    return [[of(question, answer) for answer in answers] for question, answers in ROWS]


def main():
    torch.manual_seed(5)
    folder = HERE / "encoders"
    folder.mkdir(exist_ok=True)
    found = {"rows": ROWS, "cut": CUT, "models": {}}
    two, three = ["input_ids", "attention_mask"], ["input_ids", "attention_mask", "token_type_ids"]
    plan = [
        ("deberta-v3", "deberta-v3", deberta, three, True, torch.float32, torch.float32),
        ("deberta-v3-dynamo", "deberta-v3-new", deberta, two, False, torch.float32, torch.float32),
        ("bert", "bert-uncased", bert, three, False, torch.float32, torch.float32),
        ("xlm-roberta", "xlm-roberta", xlm_roberta, two, False, torch.float32, torch.float32),
        ("bert-fp16", "bert-cased", bert, three, False, torch.float16, torch.float16),
        ("bert-fp16-weights", "bert-cased", bert, three, False, torch.float16, torch.float32),
    ]
    for name, pieces, make, names, traced, weights, out in plan:
        tokenizer = tokenizer_of(pieces)
        model = make(len(tokenizer)).eval().to(weights)
        export(wrapped(model, names, out), names, folder / f"{name}.onnx", traced)
        found["models"][name] = {
            "tokenizer": pieces,
            "config": {key: value for key, value in model.config.to_dict().items() if key in KEPT} | {"dtype": str(weights).removeprefix("torch.")},
            "whole": logits(model, names, tokenizer),
            "truncated": logits(model, names, tokenizer, truncation=True, max_length=CUT),
        }
    (folder / "encoders.json").write_text(json.dumps(found, ensure_ascii=False) + "\n")


KEPT = ["model_type", "max_position_embeddings", "position_biased_input", "relative_attention", "type_vocab_size", "pad_token_id", "vocab_size"]

if __name__ == "__main__":
    main()
