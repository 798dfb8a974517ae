"""Writes hf-ids.jsonl: ids by HF tokenizers (the Rust library) of random conversations in every template, one case a line.

    pip install tokenizers==0.23.3
    node -e "import('./dist/test/encode/openchat-tokenizer.js').then(m => m.writeOpenchatTokenizer('/tmp/openchat'))"
    python test/encode/tokenizer-json/hf_ids.py /tmp/openchat CHECKPOINT test/encode/tokenizer-json/hf-ids.jsonl

This script renders the templates independently of src/template. `ids` are those of the whole text. If a text spells special tokens that it may
not set, HF tokenizers have no option for a part of a text. Every run between two tokens of the template is then encoded separately, with
`encode_special_tokens`. For these two tokenizers, whose pre-tokenizers do not depend on the start of the text, the result is the same. The
script checks this for every case without spelt special tokens.
"""
import json
import random
import sys

from tokenizers import Tokenizer

openchat_folder, mini_folder, out = sys.argv[1:4]
TOKENIZERS = {name: Tokenizer.from_file(f"{folder}/tokenizer.json") for name, folder in (("openchat", openchat_folder), ("mini", mini_folder))}
SPECIAL = ["<s>", "</s>", "<unk>", "<|end_of_turn|>", "<|pad_0|>", "<|im_start|>", "<|im_end|>", "<|endoftext|>"]
random.seed(20)

PLAIN = """the quick, brown fox's tail isn't 3.14 don't we'll I'VE 1234567 x=y+z; def f(x):\treturn [INST] [/INST] <<SYS>> <0x0A> <br> ▁ ▁▁low
naïve café Straße Ωmega привет мир こんにちは 世界 안녕 مرحبا שלום ١٢٣ ²½Ⅻ e\u0301 a\u0338 >\u0338 👍 👩\u200d👩\u200d👧 🇫🇷 \ufeff \u200b \x85 \xa0 \u3000 \u2028 \x1c \x00 �
user assistant system GPT4 Correct User: Assistant: <| |> <|im_ end|> < s > aaaaaaaaaaaaaaaaa ======== ---- \\\\ "quoted" {json: 1} https://a.b/c?d=e&f""".split(" ")
SPACES = [" ", " ", " ", " ", "  ", "\n", "\n\n", "\t", " \n ", "    ", "\r\n", "", ""]
EDGES = ["", "", "", " ", "  ", "\n", "\n\n", " \n", "\t", "\xa0", "\u3000", "\x85", "\ufeff"]


def words(forged):
    vocabulary = PLAIN + SPECIAL * (4 if forged else 0)
    body = "".join(random.choice(vocabulary) + random.choice(SPACES) for _ in range(random.choice([0, 1, 2, 5, 12])))
    text = random.choice(EDGES) + body + random.choice(EDGES)
    return text if forged or not any(s in text for s in SPECIAL) else words(forged)


def conversation(forged):
    turns = [("system", words(forged))] if random.random() < 0.3 else []
    for _ in range(random.choice([0, 0, 1, 2])):
        turns += [("user", words(forged)), ("assistant", words(forged))]
    return turns + [("user", words(forged))]


# A text is a list of runs and tokens; a token is a one-element tuple.
def chatml(turns, answer):
    out = []
    for role, text in turns:
        out += [("<|im_start|>",), f"{role}\n{text}", ("<|im_end|>",), "\n"]
    return out + [("<|im_start|>",), f"assistant\n{answer}", ("<|im_end|>",)]


def openchat(condition):
    def render(turns, answer):
        out = []
        for role, text in turns + [("assistant", answer)]:
            out += [text if role == "system" else f"{condition} {role.title()}: {text}", ("<|end_of_turn|>",)]
        return out
    return render


def exchanges(turns, answer):
    if turns[0][0] == "system":
        turns = [("user", f"<<SYS>>\n{turns[0][1]}\n<</SYS>>\n\n{turns[1][1]}")] + turns[2:]
    texts = [text for _, text in turns] + [answer]
    return list(zip(texts[::2], texts[1::2]))


def llama_card(turns, answer):
    out = []
    for user, reply in exchanges(turns, answer):
        out += [("<s>",), f"[INST] {user} ", ("</s>",), f" [/INST] {reply}", ("</s>",)]
    return out


def llama_nectar(turns, answer):
    """The formatter's own replacements, on a prompt in Nectar's form."""
    pairs = exchanges(turns, answer)
    out = []
    for i, (user, reply) in enumerate(pairs):
        out += [("<s>",), f"[INST] {user} [/INST] {reply}" + (" " if i == len(pairs) - 1 else ""), ("</s>",)]
    return out


def llama_ppo(turns, answer):
    out = []
    for i, (user, reply) in enumerate(exchanges(turns, answer)):
        out += [(" " if i else "") + f"[INST] {user} [/INST] {reply}", ("</s>",)]
    return out


TEMPLATES = {"chatml": chatml, "openchat-3.5": openchat("GPT4 Correct"), "openchat-3.5-code": openchat("Code"),
             "llama-2-card": llama_card, "llama-2-nectar": llama_nectar, "llama-2-ppo": llama_ppo}


def ids_of(tokenizer, text, plain=False):
    tokenizer.encode_special_tokens = plain
    return tokenizer.encode(text, add_special_tokens=False).ids


def apart(tokenizer, parts):
    joined = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return sum(([tokenizer.token_to_id(p[0])] if isinstance(p, tuple) else ids_of(tokenizer, p, plain=True) for p in joined), [])


def case(template, forged, allow_special):
    tokenizer = "mini" if template == "chatml" else "openchat"
    trim = random.random() < 0.4
    strip = str.strip if trim else str
    turns, answer = conversation(forged), words(forged)
    parts = TEMPLATES[template]([(role, strip(text)) for role, text in turns], strip(answer))
    whole = ids_of(TOKENIZERS[tokenizer], "".join(p[0] if isinstance(p, tuple) else p for p in parts))
    ids = apart(TOKENIZERS[tokenizer], parts)
    assert forged or ids == whole, (template, turns, answer)
    return {"tokenizer": tokenizer, "template": template, "trim": trim, "allowSpecial": allow_special, "forged": forged,
            "conversation": [{"role": role, "text": text} for role, text in turns], "answer": answer, "ids": whole if allow_special or not forged else ids}


cases = [case(template, forged, allow) for template in TEMPLATES for forged, allow, count in ((False, False, 40), (True, False, 12), (True, True, 12)) for _ in range(count if template != "openchat-3.5-code" else count // 4)]
with open(out, "w") as sink:
    sink.writelines(json.dumps(c) + "\n" for c in cases)
print(len(cases), "cases")
