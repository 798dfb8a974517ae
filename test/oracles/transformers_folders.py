"""Rewards that the classes of transformers give the golden rows of folders which `convert --to transformers` made, for
test/convert/transformers/transformers.test.ts.

    python3 -m venv /tmp/families && /tmp/families/bin/pip install torch==2.13.0 transformers==5.24.0 tokenizers==0.23.3
    npx tsc && node dist/test/convert/transformers/write-families.js /tmp/folders
    /tmp/families/bin/python -P test/oracles/transformers_folders.py /tmp/folders
    npx biome format --write test/oracles/transformers-folders.json

Each list is run alone, and all of them in one batch that the folder's own pad token fills up. The digests say which files were loaded.
"""

import hashlib
import json
import pathlib
import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

OUTPUT = pathlib.Path(__file__).parent / "transformers-folders.json"
LOADED = ["config.json", "model.safetensors"]


def rewards(folder):
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    pad = AutoTokenizer.from_pretrained(folder).pad_token_id
    assert pad == model.config.pad_token_id, "tokenizer and model pad with one token"
    lists = [row["ids"] for row in json.loads((folder / "golden.json").read_text())["rows"]]
    longest = max(map(len, lists))
    ids = torch.tensor([row + [pad] * (longest - len(row)) for row in lists])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in lists])
    with torch.no_grad():
        alone = [model(torch.tensor([row])).logits.item() for row in lists]
        batch = model(ids, attention_mask=mask).logits[:, 0].tolist()
    return dict(model_class=type(model).__name__, alone=alone, batch=batch)


def main():
    cases = {}
    for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        if not (folder / "golden.json").exists():
            continue
        digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in LOADED}
        cases[folder.name] = dict(sha256=digests, **rewards(folder))
    OUTPUT.write_text(json.dumps(cases) + "\n")


main()
