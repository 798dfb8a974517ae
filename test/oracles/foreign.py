"""Models as other tools export them, for test/engines/local/external.test.ts: tiny ones with random weights, and their logits by PyTorch.

    python -P test/oracles/foreign.py                        # writes test/oracles/foreign/*.onnx and foreign.json
    python -P test/oracles/foreign.py CHECKPOINT FOLDER      # exports a Llama checkpoint with v_head, like starling-rm-mini, to FOLDER

Needs torch 2.13, transformers 5.24, onnx and onnxscript (torch.onnx.export). The logits of each text are those of that text alone,
without padding.
"""

import json
import shutil
import sys
from pathlib import Path

import onnx
import torch
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, LlamaConfig, LlamaModel

HERE = Path(__file__).parent / "foreign"
PAD = 0
VOCABULARY = 320


class LastToken(nn.Module):
    """A decoder and a head, read at the last token before the padding."""

    def __init__(self, trunk, head):
        super().__init__()
        self.trunk, self.head = trunk, head

    def hidden(self, **inputs):
        return self.trunk(use_cache=False, **inputs).last_hidden_state

    def forward(self, input_ids, attention_mask):
        hidden = self.hidden(input_ids=input_ids, attention_mask=attention_mask)
        last = attention_mask.sum(-1) - 1
        return self.head(hidden[torch.arange(hidden.shape[0]), last])


class WithPositions(LastToken):
    def forward(self, input_ids, attention_mask, position_ids):
        hidden = self.hidden(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids)
        last = attention_mask.sum(-1) - 1
        return self.head(hidden[torch.arange(hidden.shape[0]), last])


class LastPosition(LastToken):
    """Reads the last position even if it is padding, which is wrong for rows padded on the right."""

    def forward(self, input_ids, attention_mask):
        return self.head(self.hidden(input_ids=input_ids, attention_mask=attention_mask)[:, -1])


class Logits(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).logits


def export(model, names, file):
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens")
    example = tuple(torch.ones(2, 6, dtype=torch.int64) for _ in names)
    torch.onnx.export(
        model.eval(),
        example,
        file,
        input_names=names,
        output_names=["logits"],
        dynamic_shapes=tuple({0: batch, 1: tokens} for _ in names),
        external_data=False,
        dynamo=True,
        optimize=True,
        verbose=False,
    )
    # Source locations of nodes would be most of a small file.
    stripped = onnx.load(file)
    for one in [*stripped.graph.node, *stripped.graph.value_info, *stripped.graph.input, *stripped.graph.output, stripped.graph]:
        del one.metadata_props[:]
        one.doc_string = ""
    onnx.save(stripped, file)


def tiny_llama():
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=128, pad_token_id=PAD, initializer_range=0.2, attn_implementation="eager",
    )
    return LlamaModel(config), nn.Linear(32, 1, bias=False)


def main():
    torch.manual_seed(7)
    HERE.mkdir(exist_ok=True)
    trunk, head = tiny_llama()
    nn.init.normal_(head.weight, std=0.3)
    bert = BertForSequenceClassification(
        BertConfig(
            vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48, num_labels=3,
            max_position_embeddings=128, pad_token_id=PAD, initializer_range=0.2, attn_implementation="eager",
        )
    )
    plain = ["input_ids", "attention_mask"]
    models = {
        "last-token": (LastToken(trunk, head), plain),
        "positions": (WithPositions(trunk, head), [*plain, "position_ids"]),
        "last-position": (LastPosition(trunk, head), plain),
        "three-logits": (Logits(bert), [*plain, "token_type_ids"]),
    }
    texts = [torch.randint(1, VOCABULARY, (length,)).tolist() for length in (1, 2, 3, 7, 7, 20, 41, 100)]
    found = {"texts": texts, "logits": {}}
    for name, (model, names) in models.items():
        export(model, names, HERE / f"{name}.onnx")
        found["logits"][name] = [alone(model, names, ids) for ids in texts]
    (HERE / "foreign.json").write_text(json.dumps(found) + "\n")


def alone(model, names, ids):
    """Token 2 is the separator of a pair. Tokens after the first separator have token type 1."""
    row = torch.tensor([ids])
    after = (torch.cumsum(row == 2, -1) - (row == 2).long() > 0).long()
    inputs = {"input_ids": row, "attention_mask": torch.ones_like(row), "position_ids": torch.arange(len(ids))[None], "token_type_ids": after}
    with torch.no_grad():
        return model(*(inputs[name] for name in names))[0].tolist()


def export_checkpoint(checkpoint, folder):
    checkpoint, folder = Path(checkpoint), Path(folder)
    settings = json.loads((checkpoint / "config.json").read_text())
    tensors = {name: tensor.float() for name, tensor in load_file(checkpoint / "model.safetensors").items()}
    trunk = LlamaModel(LlamaConfig(**settings, attn_implementation="eager"))
    trunk.load_state_dict({name.removeprefix("transformer."): tensor for name, tensor in tensors.items() if name.startswith("transformer.")})
    head = nn.Linear(settings["hidden_size"], 1, bias=False)
    head.load_state_dict({"weight": tensors["v_head.weight"]})
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    export(LastToken(trunk.float(), head), ["input_ids", "attention_mask"], folder / "onnx/model.onnx")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(checkpoint / name, folder / name)
    (folder / "config.json").write_text(json.dumps({**settings, "id2label": {"0": "LABEL_0"}}))


if __name__ == "__main__":
    export_checkpoint(*sys.argv[1:]) if len(sys.argv) == 3 else main()
