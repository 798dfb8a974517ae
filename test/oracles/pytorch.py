"""Checkpoints written by PyTorch, a few KB each, for test/convert/layouts.test.ts and test/convert/broken.test.ts.

    pip install torch==2.13.0 && python test/oracles/pytorch.py

All valid ones have the same weights, which test/convert/counted-weights.ts also makes: a Llama with one layer. The values are multiples of
1/256 or 1/64, which are exact in float32, float16 and bfloat16.
"""

import json
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch

OUT = Path(__file__).parent / "pytorch"
WIDTH, QUERIES, KEYS, FORWARD, VOCABULARY = 32, 32, 16, 32, 40
LAYER = "transformer.layers.0."
SHAPES = {
    "transformer.embed_tokens.weight": [VOCABULARY, WIDTH],
    LAYER + "input_layernorm.weight": [WIDTH],
    LAYER + "self_attn.q_proj.weight": [QUERIES, WIDTH],
    LAYER + "self_attn.k_proj.weight": [KEYS, WIDTH],
    LAYER + "self_attn.v_proj.weight": [KEYS, WIDTH],
    LAYER + "self_attn.o_proj.weight": [WIDTH, QUERIES],
    LAYER + "post_attention_layernorm.weight": [WIDTH],
    LAYER + "mlp.gate_proj.weight": [FORWARD, WIDTH],
    LAYER + "mlp.up_proj.weight": [FORWARD, WIDTH],
    LAYER + "mlp.down_proj.weight": [WIDTH, FORWARD],
    "transformer.norm.weight": [WIDTH],
    "v_head.weight": [1, WIDTH],
}


def weights(dtype):
    """Value i of tensor t is n / 256 with n = (1000003 t + 7919 i) mod 257 - 128; in a gain it is 1 + (n mod 64) / 64."""
    state = OrderedDict()
    for t, (name, shape) in enumerate(SHAPES.items()):
        numbers = (1000003 * t + 7919 * torch.arange(torch.Size(shape).numel())) % 257 - 128
        values = 1 + (numbers % 64) / 64 if len(shape) == 1 else numbers / 256
        state[name] = values.reshape(shape).to(dtype)
    return state


def whole(path, state, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, path, **how)


class Module(torch.nn.Module):
    """A module whose state dict has _metadata and parameters."""

    def __init__(self, state):
        super().__init__()
        for name, value in state.items():
            owner = self
            *path, last = name.split(".")
            for part in path:
                if part not in owner._modules:
                    owner.add_module(part, torch.nn.Module())
                owner = owner._modules[part]
            owner.register_parameter(last, torch.nn.Parameter(value))


class Command:
    """A hostile object: unpickling it runs a command."""

    def __reduce__(self):
        return os.system, ("touch /tmp/starling-rm-was-here",)


whole(OUT / "state-dict/reward.pt", Module(weights(torch.float16)).state_dict())
whole(OUT / "protocol-5/pytorch_model.bin", dict(weights(torch.float32)), pickle_protocol=5)

state = weights(torch.bfloat16)
names = list(state)
shards = {f"pytorch_model-0000{n}-of-00002.bin": part for n, part in ((1, names[:5]), (2, names[5:]))}
for file, part in shards.items():
    whole(OUT / "shards" / file, {name: state[name] for name in part})
index = {
    "metadata": {"total_size": sum(value.nbytes for value in state.values())},
    "weight_map": {name: file for file, part in shards.items() for name in part},
}
(OUT / "shards/pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1) + "\n")

# A trainer's file, with names of a wrapped model (module.), a Parameter, two tensors in one storage, and the optimizer's state.
state = weights(torch.float16)
both = torch.cat([state[LAYER + "mlp.gate_proj.weight"], state[LAYER + "mlp.up_proj.weight"]])
state[LAYER + "mlp.gate_proj.weight"], state[LAYER + "mlp.up_proj.weight"] = both[:FORWARD], both[FORWARD:]
state["v_head.weight"] = torch.nn.Parameter(state["v_head.weight"])
trainer = {
    "epoch": 1,
    "loss": 0.5,
    "state_dict": {f"module.{name}": value for name, value in state.items()},
    "optimizer": {"state": {}, "param_groups": [{"lr": 9e-6, "betas": (0.9, 0.95), "params": [0, 1]}], "steps": 2**60},
}
whole(OUT / "trainer/pytorch_model.bin", trainer)

small = {"v_head.weight": torch.arange(4.0).reshape(2, 2)}
broken = OUT / "broken"
whole(broken / "before-1.6.bin", small, _use_new_zipfile_serialization=False)
whole(broken / "command.bin", {"v_head.weight": Command()})
whole(broken / "view.bin", {"v_head.weight": small["v_head.weight"].t()})
whole(broken / "integers.bin", {"v_head.weight": torch.arange(4).reshape(2, 2)})
whole(broken / "sparse.bin", {"v_head.weight": small["v_head.weight"].to_sparse()})
whole(broken / "tensor.bin", small["v_head.weight"])
whole(broken / "module.bin", torch.nn.Linear(2, 1, bias=False))
torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 1, bias=False), torch.ones(1, 2)), broken / "script.bin")
# A command in a pickle, with an opcode that torch.save never writes.
with zipfile.ZipFile(broken / "opcode.bin", "w") as archive:
    archive.writestr("archive/data.pkl", b"\x80\x02(S'touch /tmp/starling-rm-was-here'\nios\nsystem\n.")
    archive.writestr("archive/version", b"3\n")

for file in sorted(OUT.rglob("*.*")):
    print(file.relative_to(OUT), file.stat().st_size)
assert pickle.HIGHEST_PROTOCOL == 5
