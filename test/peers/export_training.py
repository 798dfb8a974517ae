"""Lets trainers read what `starling-rm export` wrote: test/peers/export.test.ts runs it.

    python test/peers/export_training.py FOLDER
    python test/peers/export_training.py --policy FOLDER   # makes a tiny policy there, for the example of the README

FOLDER has a file for each format: NAME.jsonl, and some as NAME.parquet and NAME.arrow. `datasets` loads all of them. TRL's RewardTrainer,
DPOTrainer, KTOTrainer and SFTTrainer and sentence-transformers' cross encoder with ListMLE take two optimizer steps on theirs, with tiny
models of random weights and a tokenizer of bytes. OpenRLHF's RewardDataset and LLaMA-Factory's parser and converter read their files. A
warning that names a column fails.
"""

import importlib.util
import json
import logging
import math
import pathlib
import sys
import tempfile
import types
import warnings

import datasets
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

STEPS = 2
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

heard = []


class Hearing(logging.Handler):
    def emit(self, record):
        heard.append(f"{record.name}: {record.getMessage()}")


def listen():
    """Collects all warnings, and shows that it does."""
    warnings.showwarning = lambda message, category, *rest: heard.append(f"{category.__name__}: {message}")
    warnings.simplefilter("always")
    for name in ["", "transformers", "trl", "datasets", "sentence_transformers"]:
        logger = logging.getLogger(name)
        handler = Hearing(level=logging.WARNING)
        logger.addHandler(handler)
    warnings.warn("a column, by a warning")
    for name in ["transformers", "trl", "datasets", "sentence_transformers"]:
        logging.getLogger(f"{name}.some").warning("a column, by a log")
    assert len([text for text in heard if "a column" in text]) >= 5, heard
    heard.clear()


def byte_tokenizer():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(["<pad>", "<|im_start|>", "<|im_end|>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<|im_end|>", model_max_length=4096
    )
    fast.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    fast.chat_template = CHAT
    return fast


def tiny(tokenizer, **more):
    return transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        **more,
    )


def load(folder, name, kind="json"):
    path = folder / f"{name}.{'jsonl' if kind == 'json' else kind}"
    with tempfile.TemporaryDirectory() as cache:
        found = datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=cache, keep_in_memory=True)
    return found


def load_all(folder):
    for path in sorted(folder.iterdir()):
        kind = {".jsonl": "json", ".parquet": "parquet", ".arrow": "arrow"}.get(path.suffix)
        if kind is None:
            continue
        found = load(folder, path.stem, kind)
        if kind == "json":
            lines = path.read_text(encoding="utf8").count("\n")
            assert len(found) == lines, f"{path.name}: {len(found)} of {lines} examples"
        else:
            assert found.to_list() == load(folder, path.stem).to_list(), f"{path.name} differs from the JSON lines"
        print(f"datasets {datasets.__version__}: {path.name}: {len(found)} examples, {', '.join(found.column_names)}")


def train(title, make):
    """Trains for two steps, and says what changed."""
    trainer = make()
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    result = trainer.train()
    changed = sum(not torch.equal(before[name], weight) for name, weight in trainer.model.named_parameters())
    assert trainer.state.global_step == STEPS, f"{title}: {trainer.state.global_step} steps"
    assert changed > 0 and torch.isfinite(torch.tensor(result.training_loss)), title
    print(f"{title}: {STEPS} steps, loss {result.training_loss:.4f}, {changed} of {len(before)} weights changed")
    return result.training_loss


def arguments(kind, folder, **more):
    return kind(
        output_dir=str(folder / "out"),
        max_steps=STEPS,
        per_device_train_batch_size=2,
        report_to="none",
        save_strategy="no",
        logging_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        seed=1,
        **more,
    )


def with_trl(folder):
    import trl

    tokenizer = byte_tokenizer()
    causal = lambda: transformers.LlamaForCausalLM(tiny(tokenizer))
    reward = lambda: transformers.LlamaForSequenceClassification(tiny(tokenizer, num_labels=1))
    version = f"TRL {trl.__version__}"
    for name in ["trl-preference", "trl-implicit", "trl-preference-text", "trl-implicit-text"]:
        data = load(folder, name)
        config = lambda kind: arguments(kind, folder, max_length=2048, bf16=False)
        common = {"train_dataset": data, "processing_class": tokenizer}
        loss = train(
            f"{version} RewardTrainer, {name}",
            lambda: trl.RewardTrainer(model=reward(), args=config(trl.RewardConfig), **common),
        )
        # A new model gives both answers about the same reward, so the loss would be ln 2 without the margins.
        assert loss > math.log(2) + 0.5, "the margins were not used"
        train(
            f"{version} DPOTrainer, {name}",
            lambda: trl.DPOTrainer(model=causal(), ref_model=causal(), args=config(trl.DPOConfig), **common),
        )
    kto_config, kto_trainer = kto(trl)
    for name in ["trl-kto", "trl-kto-text"]:
        train(
            f"{version} KTOTrainer, {name}",
            lambda: kto_trainer(
                model=causal(),
                ref_model=causal(),
                args=arguments(kto_config, folder, max_length=2048, bf16=False),
                train_dataset=load(folder, name),
                processing_class=tokenizer,
            ),
        )
    for name in ["sft", "sft-prompt-completion", "sft-text"]:
        train(
            f"{version} SFTTrainer, {name}",
            lambda: trl.SFTTrainer(
                model=causal(),
                args=arguments(trl.SFTConfig, folder, max_length=2048, bf16=False),
                train_dataset=load(folder, name),
                processing_class=tokenizer,
            ),
        )


def kto(trl):
    try:
        return trl.KTOConfig, trl.KTOTrainer
    except AttributeError:
        from trl.experimental.kto import KTOConfig, KTOTrainer

        return KTOConfig, KTOTrainer


def with_sentence_transformers(folder):
    import sentence_transformers
    from sentence_transformers import CrossEncoder
    from sentence_transformers.cross_encoder import CrossEncoderTrainer, CrossEncoderTrainingArguments
    from sentence_transformers.cross_encoder.losses import ListMLELoss

    with tempfile.TemporaryDirectory() as place:
        tokenizer = byte_tokenizer()
        tokenizer.save_pretrained(place)
        config = transformers.BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=512,
            pad_token_id=tokenizer.pad_token_id,
            num_labels=1,
        )
        transformers.BertForSequenceClassification(config).save_pretrained(place)
        model = CrossEncoder(place, num_labels=1, max_length=256, device="cpu")
    train(
        f"sentence-transformers {sentence_transformers.__version__} ListMLE, listwise",
        lambda: CrossEncoderTrainer(
            model=model,
            args=arguments(CrossEncoderTrainingArguments, folder),
            train_dataset=load(folder, "listwise"),
            loss=ListMLELoss(model, mini_batch_size=8),
        ),
    )


def with_openrlhf(folder):
    from importlib.metadata import version

    from openrlhf.datasets.reward_dataset import RewardDataset

    tokenizer = byte_tokenizer()
    for name, is_chat in [("openrlhf", True), ("openrlhf-text", False)]:
        data = types.SimpleNamespace(
            prompt_key=None, chosen_key="chosen", rejected_key="rejected", apply_chat_template=is_chat
        )
        strategy = types.SimpleNamespace(args=types.SimpleNamespace(data=data))
        rows = load(folder, name)
        found = RewardDataset(rows, tokenizer, 4096, strategy, num_processors=1)
        assert len(found) == len(rows)
        chosen, _, rejected, _, margin = found[0]
        text = tokenizer.decode(chosen[0])
        said = rows[0]["chosen"][-1]["content"] if is_chat else rows[0]["chosen"]
        assert said.strip() in text, text
        assert margin == rows[0]["margin"] and chosen.shape != rejected.shape
        print(f"OpenRLHF {version('openrlhf')} RewardDataset, {name}: {len(found)} pairs, margin {margin}")


# What dataset_info.json says of each file, as docs/training-data.md shows it.
LLAMAFACTORY = {
    "llamafactory-alpaca": {
        "ranking": True,
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "system": "system",
            "history": "history",
            "chosen": "chosen",
            "rejected": "rejected",
        },
    },
    "llamafactory-sharegpt": {
        "formatting": "sharegpt",
        "ranking": True,
        "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
    },
    "llamafactory-kto": {
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "system": "system",
            "history": "history",
            "kto_tag": "kto_tag",
        },
    },
}


def with_llamafactory(folder):
    from importlib.metadata import version

    # The package's own __init__ imports what reads images and sound, which needs torchaudio. A package of the same place without it is
    # enough for the parser and the converter.
    place = pathlib.Path(importlib.util.find_spec("llamafactory").submodule_search_locations[0])
    data = types.ModuleType("llamafactory.data")
    data.__path__ = [str(place / "data")]
    sys.modules["llamafactory.data"] = data
    from llamafactory.data.converter import align_dataset
    from llamafactory.data.parser import get_dataset_list

    info = {name: {"file_name": f"{name}.jsonl", **more} for name, more in LLAMAFACTORY.items()}
    (folder / "dataset_info.json").write_text(json.dumps(info))
    arguments_of_data = types.SimpleNamespace(
        streaming=False, preprocessing_num_workers=None, overwrite_cache=True, media_dir=""
    )
    run = types.SimpleNamespace(local_process_index=0)
    expected = load(folder, "trl-preference")
    for attributes in get_dataset_list(list(info), str(folder)):
        name = attributes.dataset_name.removesuffix(".jsonl")
        found = align_dataset(load(folder, name), attributes, arguments_of_data, run)
        pairs = found.to_list()
        assert len(pairs) == (2 if name.endswith("kto") else 1) * len(expected), name
        for i, row in enumerate(expected):
            pair = pairs[2 * i] if name.endswith("kto") else pairs[i]
            systems = [message["content"] for message in row["prompt"] if message["role"] == "system"]
            others = [message for message in row["prompt"] if message["role"] != "system"]
            assert said(pair["_prompt"]) == said(others) and pair["_system"] == "".join(systems), (name, i)
            answers = [row["chosen"][0]["content"], "" if name.endswith("kto") else row["rejected"][0]["content"]]
            assert [one["content"] for one in pair["_response"]] == answers, (name, i)
        print(f"LLaMA-Factory {version('llamafactory')} converter, {name}: {len(pairs)} examples")


def said(messages):
    return [(message["role"], message["content"]) for message in messages]


def write_policy(folder):
    tokenizer = byte_tokenizer()
    tokenizer.save_pretrained(folder)
    transformers.LlamaForCausalLM(tiny(tokenizer)).save_pretrained(folder)


def main():
    if sys.argv[1] == "--policy":
        return write_policy(sys.argv[2])
    folder = pathlib.Path(sys.argv[1])
    datasets.disable_progress_bars()
    listen()
    load_all(folder)
    with_trl(folder)
    with_sentence_transformers(folder)
    for name, read in [("OpenRLHF", with_openrlhf), ("LLaMA-Factory", with_llamafactory)]:
        try:
            read(folder)
        except ImportError as missing:
            print(f"NOT TESTED: {name}'s dataset code: {missing}")
    about_columns = [text for text in heard if "column" in text.lower()]
    others = sorted(set(text.split("\n")[0][:200] for text in heard if text not in about_columns))
    for text in others:
        print(f"warned of something else than columns: {text}")
    assert about_columns == [], about_columns
    print("no warning names a column")


main()
