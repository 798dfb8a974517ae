"""Rewards with transformers' LlamaModel and a head, in PyTorch: torch_rewards.py CHECKPOINT fp32|bf16 THREADS.

Answers each line [{"ids": [[id]], "length": n}] of standard input with a line of the rewards of all texts.
"""

import json
import sys

import torch
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaModel

folder, dtype, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[dtype]
tensors = load_file(f"{folder}/model.safetensors")
head = tensors.pop("v_head.weight").to(dtype)
model = LlamaModel(LlamaConfig.from_pretrained(folder, attn_implementation="sdpa"))
model.load_state_dict({name.removeprefix("transformer."): value for name, value in tensors.items()})
model = model.to(dtype).eval()


@torch.inference_mode()
def rewards(batch):
    lengths = torch.tensor([len(ids) for ids in batch["ids"]])
    ids = torch.zeros(len(lengths), batch["length"], dtype=torch.long)
    for text, tokens in enumerate(batch["ids"]):
        ids[text, : len(tokens)] = torch.tensor(tokens)
    mask = (torch.arange(batch["length"]) < lengths[:, None]).long()
    hidden = model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
    last = hidden[torch.arange(len(lengths)), lengths - 1]
    return (last @ head.T).float()[:, 0].tolist()


for line in sys.stdin:
    found = [reward for batch in json.loads(line) for reward in rewards(batch)]
    print(json.dumps(found), flush=True)
