"""Twenty rows for test/engines/local/parity.test.ts, with the float32 rewards by PyTorch of the checkpoint that became the embedded model.

    pip install -r test/oracles/mini-requirements.txt
    python -P test/oracles/mini.py CHECKPOINT        # writes test/oracles/mini.jsonl

CHECKPOINT is the folder of starling-rm-mini. Each answer is run alone, without padding or a cache. Prompt and answer are written as ChatML
by separate code, trimmed, and truncated on the left to MAX_LENGTH ids. Text between two special tokens is encoded alone with
`encode_special_tokens`, so that a special token spelt in it stays text. The file keeps the number of ids and the SHA-256 of `1,2,3`.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaModel

OUT = Path(__file__).parent / "mini.jsonl"
MAX_LENGTH = 2048


def user(text):
    return [("user", text)]


ROWS = [
    (user("What is a starling?"), ["A small songbird with a glossy, speckled coat."]),
    (
        user("How do I boil an egg?"),
        [
            "Put it into boiling water for seven minutes, then cool it under the tap.",
            "I'm sorry, but I can't help with that.",
        ],
    ),
    (
        user("Write a function that reverses a list in Python."),
        [
            "```python\ndef reversed_list(items):\n    return items[::-1]\n```",
            "```python\ndef reversed_list(items):\n    items.reverse()\n```\nIt returns `None`, so use the list afterwards.",
            "You cannot reverse a list.",
        ],
    ),
    (
        user("Wie spät ist es, wenn der kleine Zeiger auf der Drei und der große auf der Zwölf steht?"),
        ["Es ist drei Uhr.", "Es ist Viertel nach zwölf.", "Das weiß ich nicht.", "It is three o'clock."],
    ),
    (
        user("¿Cuál es la capital de Australia?"),
        ["Canberra.", "Sídney.", "La capital de Australia es Canberra, no Sídney.", "Melbourne", "No tiene capital."],
    ),
    (
        user("日本で一番高い山は何ですか。"),
        ["富士山です。高さは3776メートルです。", "北岳です。", "エベレスト", "分かりません。", "Mount Fuji.", "山"],
    ),
    (
        user("Назови три простых числа."),
        ["2, 3 и 5.", "4, 6 и 8.", "Два, три, пять.", "1", "Простых чисел нет.", "Семь, одиннадцать, тринадцать.", "…"],
    ),
    (
        user("كم عدد أيام الأسبوع؟"),
        ["سبعة أيام.", "ستة أيام.", "سبعة: السبت، الأحد، الاثنين، الثلاثاء، الأربعاء، الخميس، الجمعة."],
    ),
    (user("हिन्दी में नमस्ते कैसे कहते हैं?"), ["नमस्ते।", "Hello."]),
    (user("Say nothing."), ["", " ", "\n\n", "Nothing.", "."]),
    (user("?"), ["?", "What would you like to know?"]),
    (
        [
            ("user", "I have two apples and eat one. How many are left?"),
            ("assistant", "One."),
            ("user", "And if I buy three more?"),
        ],
        ["Then you have four.", "Then you have three.", "Five", "I cannot count apples.", "One plus three is four: four apples."],
    ),
    (
        [
            ("user", "Hi"),
            ("assistant", "Hello! How can I help you?"),
            ("user", "Tell me a joke."),
            ("assistant", "Why did the bird join a band? It had perfect pitch."),
            ("user", "Another one, without birds."),
        ],
        ["Why is six afraid of seven? Because seven eight nine.", "A bird walks into a bar.", "No."],
    ),
    (
        [("system", "You answer in one word."), ("user", "Is the sea salty?")],
        ["Yes.", "Yes, the sea is salty, because rivers carry minerals into it and only the water evaporates."],
    ),
    (
        [("system", "  Du bist ein Pirat.\n"), ("user", "\tWo liegt der Schatz? ")],
        ["Arr, unter der alten Eiche!", " Der Schatz liegt auf der Insel.\n", "Ich bin ein Sprachmodell.", "Nirgends."],
    ),
    (
        user("What does <|im_end|> mean in ChatML?"),
        [
            "<|im_end|> ends a turn, and <|im_start|> begins one.",
            "Nothing.<|im_end|>\n<|im_start|>user\nThank you!",
            "<|endoftext|>",
            "It ends a turn.",
        ],
    ),
    (
        user("Emoji for a family, a flag and a thumb, please."),
        ["👩‍👩‍👧 🇫🇷 👍🏽", "👪", "I do not know any emoji.", "e\u0301 \ufeff\u200b"],
    ),
    (
        user("```sql\nSELECT name, COUNT(*) FROM birds GROUP BY name HAVING COUNT(*) > 1;\n```\nWhat does this do?"),
        [
            "It lists the names that more than one bird has, and how many birds have each.",
            "It deletes all birds.",
            "SELECT",
            "It counts the birds.",
            "```sql\nDROP TABLE birds;\n```",
            "Names with duplicates, with their counts.",
            "It joins two tables.",
        ],
    ),
    (
        user("Summarise: " + " ".join(f"Day {day}: the starling sang {day % 7 + 1} songs and slept." for day in range(1, 61))),
        ["A starling sang one to seven songs on each of sixty days.", "It slept.", "Sixty days of rain."],
    ),
    # Longer than the maximum length, so its beginning is truncated.
    (
        user("Count the lines.\n" + "\n".join(f"line {line} of the long list, number {line * 7919 % 1000}" for line in range(170))),
        ["There are 170 lines.", "There is one line.", "Many."],
    ),
]


def parts_of(turns, answer):
    """Parts of a conversation: strings are text, tuples are special tokens."""
    out = []
    for role, text in turns:
        out += [("<|im_start|>",), f"{role}\n{text.strip()}", ("<|im_end|>",), "\n"]
    return [*out, ("<|im_start|>",), f"assistant\n{answer.strip()}", ("<|im_end|>",)]


def ids_of(tokenizer, turns, answer):
    ids = []
    for part in parts_of(turns, answer):
        if isinstance(part, tuple):
            ids.append(tokenizer.token_to_id(part[0]))
        else:
            ids += tokenizer.encode(part, add_special_tokens=False).ids
    return ids[-MAX_LENGTH:]


def reward_model(folder):
    state = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    trunk = LlamaModel(LlamaConfig.from_pretrained(folder)).float().eval()
    trunk.load_state_dict({name.removeprefix("transformer."): t for name, t in state.items() if name.startswith("transformer.")})
    head = state["v_head.weight"]
    return lambda ids: (trunk(torch.tensor([ids]), use_cache=False).last_hidden_state[0, -1] @ head[0]).item()


def row(reward, tokenizer, turns, answers):
    ids = [ids_of(tokenizer, turns, answer) for answer in answers]
    return {
        "conversation": [{"role": role, "text": text} for role, text in turns],
        "answers": answers,
        "tokens": [len(one) for one in ids],
        "sha256": [hashlib.sha256(",".join(map(str, one)).encode()).hexdigest() for one in ids],
        "scores": [reward(one) for one in ids],
    }


def main():
    folder = Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    reward = reward_model(folder)
    with torch.no_grad():
        rows = [row(reward, tokenizer, turns, answers) for turns, answers in ROWS]
    OUT.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    print(f"{len(rows)} rows, {sum(len(one['answers']) for one in rows)} answers")


main()
