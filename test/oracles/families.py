"""Expected rewards for test/convert/families.test.ts: tiny checkpoints of each family with synthetic weights, run by transformers in float32.

    python3 -m venv /tmp/families && /tmp/families/bin/pip install torch==2.13.0 transformers==5.24.0 tokenizers==0.23.3
    /tmp/families/bin/python -P test/oracles/families.py   # writes families.json and families-tokenizer.json beside itself
    npx biome format --write test/oracles/families.json test/oracles/families-tokenizer.json

-P keeps Python from importing statistics.py of this folder instead of the standard module.

Weights are not stored: both sides compute them from the tensor's name and the position in it (`weights`), as values that float32, float16
and bfloat16 all represent exactly. The two classes of the Starling-RM cards are reimplemented from their behaviour, not copied: they pad
rows to the maximum length, pass the attention mask and no positions, look for the first PAD_ID and read the token before it, at index -1
if PAD_ID comes first.
"""

import json
import pathlib

import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer, models, normalizers, processors
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    LlamaModel,
    MistralConfig,
    MistralModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForSequenceClassification,
    Qwen3Config,
    Qwen3ForSequenceClassification,
)

HERE = pathlib.Path(__file__).parent
LENGTHS = [1, 2, 3, 5, 8, 16, 17, 31, 46, 47, 48]
MAX_LENGTH = 48
SHAPE = dict(
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
    attn_implementation="eager",
)


def mixed(x):
    """The finalizer of MurmurHash3 on uint32."""
    with np.errstate(over="ignore"):
        x = x ^ (x >> np.uint32(16))
        x = x * np.uint32(0x85EBCA6B)
        x = x ^ (x >> np.uint32(13))
        x = x * np.uint32(0xC2B2AE35)
        return x ^ (x >> np.uint32(16))


def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return np.uint32(value)


def weights(name, shape):
    """An integer from -128 to 127 for each position, scaled by the kind of tensor."""
    count = int(np.prod(shape))
    places = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
    steps = (mixed(places ^ fnv1a(name)) >> np.uint32(24)).astype(np.int32) - 128
    if name.endswith("norm.weight"):
        values = 1 + (steps >> 1) / 128
    elif name.endswith(".bias"):
        values = steps / 256
    elif name.endswith("embed_tokens.weight") or len(shape) == 2 and shape[0] == 1:
        values = steps / 128
    else:
        values = steps / 512
    return torch.tensor(values.reshape(shape), dtype=torch.float32)


def filled(model, prefix=""):
    """Sets every tensor of the model to `weights` of its name. Returns the names and shapes."""
    shapes = {}
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.copy_(weights(name, tuple(tensor.shape)))
            shapes[prefix + name] = list(tensor.shape)
    return shapes


class Starling7B(torch.nn.Module):
    """A language model, its trunk under a second name, and a head, as in the 7B's class."""

    def __init__(self, config):
        super().__init__()
        self.model = LlamaForCausalLM(config)
        self.transformer = self.model.model
        self.v_head = torch.nn.Linear(config.hidden_size, 1, bias=False)

    def forward(self, ids, mask):
        return self.v_head(self.transformer(ids, attention_mask=mask)[0]).squeeze(-1)


class TrunkAndHead(torch.nn.Module):
    """A trunk and a head, as in the 34B's class."""

    def __init__(self, trunk, head, bias=False):
        super().__init__()
        self.transformer = trunk
        self.head = head
        self.add_module(head, torch.nn.Linear(trunk.config.hidden_size, 1, bias=bias))

    def forward(self, ids, mask):
        states = self.transformer(ids, attention_mask=mask, output_hidden_states=True).hidden_states[-1]
        return getattr(self, self.head)(states).squeeze(-1)


class Classification(torch.nn.Module):
    """The reward at every token by a *ForSequenceClassification."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask):
        return self.model.score(self.model.model(ids, attention_mask=mask)[0]).squeeze(-1)


def read(model, rows, pad_id, fill_id, max_length):
    """The rewards by the class of a card for rows of ids, in one batch padded to the maximum length."""
    ids = torch.full((len(rows), max_length), fill_id)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    with torch.no_grad():
        rewards = model(ids, mask)
    scores = []
    for i in range(len(rows)):
        found = (ids[i] == pad_id).nonzero()
        first = found[0].item() if len(found) > 0 else max_length
        scores.append(rewards[i, first - 1].item())
    return scores


def last(model, rows):
    """The reward at the last token of each row, each run alone."""
    with torch.no_grad():
        return [model(torch.tensor([row]), torch.ones(1, len(row), dtype=torch.long))[0, -1].item() for row in rows]


def classified(model, rows, pad_id):
    """The reward of each row followed by two pad tokens that belong to the text, by the class itself."""
    model.model.config.pad_token_id = pad_id
    with torch.no_grad():
        return [model.model(torch.tensor([[*row, pad_id, pad_id]])).logits[0, 0].item() for row in rows]


def cases():
    vocabulary = tokenizer().get_vocab_size()
    shape = dict(SHAPE, vocab_size=vocabulary)
    llama3 = dict(
        rope_type="llama3",
        rope_theta=500000.0,
        factor=8.0,
        low_freq_factor=1.0,
        high_freq_factor=4.0,
        original_max_position_embeddings=64,
    )
    plain = lambda theta: dict(rope_type="default", rope_theta=theta)

    config = LlamaConfig(**{**shape, "num_key_value_heads": 4, "rms_norm_eps": 1e-5})
    yield "llama-2", config, Starling7B(config), True
    config = LlamaConfig(**shape, rope_parameters=plain(5e6), rms_norm_eps=1e-5)
    yield "yi", config, TrunkAndHead(LlamaModel(config), "v_head"), True
    config = MistralConfig(**shape, sliding_window=4096)
    yield "mistral", config, TrunkAndHead(MistralModel(config), "v_head"), True
    config = MistralConfig(**shape, sliding_window=11)
    yield "mistral, window", config, TrunkAndHead(MistralModel(config), "v_head"), False
    config = LlamaConfig(**{**shape, "head_dim": 32}, attention_bias=True, mlp_bias=True)
    yield "llama, biases", config, TrunkAndHead(LlamaModel(config), "value_head", bias=True), True
    config = LlamaConfig(**shape, rope_parameters=llama3, num_labels=1)
    yield "llama-3", config, Classification(LlamaForSequenceClassification(config)), True
    config = Qwen2Config(**shape, rope_parameters=plain(1e6), num_labels=1)
    yield "qwen2", config, Classification(Qwen2ForSequenceClassification(config)), True
    config = Qwen2Config(**shape, use_sliding_window=True, sliding_window=7, max_window_layers=1, num_labels=1)
    yield "qwen2, window", config, Classification(Qwen2ForSequenceClassification(config)), False
    config = Qwen3Config(**shape, head_dim=32, num_labels=1)
    yield "qwen3", config, Classification(Qwen3ForSequenceClassification(config)), True
    config = Qwen3Config(**shape, head_dim=32, attention_bias=True, num_labels=1)
    yield "qwen3, biases", config, Classification(Qwen3ForSequenceClassification(config)), True


def written_config(config):
    """config.json without the fields that do not concern the weights."""
    fields = config.to_diff_dict()
    fields["model_type"] = config.model_type
    dropped = ("transformers_version", "initializer_range", "use_cache", "attention_dropout", "num_labels", "id2label", "label2id")
    return {key: value for key, value in fields.items() if key not in dropped}


TOKENS = ["<unk>", "<s>", "</s>"]
TURNS = ["<|im_start|>", "<|im_end|>", "<|end_of_turn|>", "<|eot_id|>"]


def tokenizer(adds_bos=True):
    """Like that of Llama 2: U+2581 for spaces and at the beginning, byte fallback, a few merges."""
    characters = [chr(code) for code in range(33, 127)] + ["\u2581", "é"]
    merges = [("\u2581", "t"), ("t", "h"), ("i", "n"), ("e", "r"), ("\u2581", "["), ("th", "e"), ("\u2581", "the"), ("o", "n"), ("l", "l")]
    vocab = {}
    for token in [*TOKENS, *(f"<0x{byte:02X}>" for byte in range(256)), *characters, *map("".join, merges)]:
        vocab.setdefault(token, len(vocab))
    made = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    made.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in TOKENS + TURNS])
    if adds_bos:
        made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return made


# A row is a prompt and answers. Several contain spellings of special tokens, which the Python tokenizer always reads as tokens.
ROWS = [
    ("Hello?", ["Hi, how can I help you?", "Hi!", "", "the other thing"]),
    ("Say a", ["</s>", "a</s>b", "a <unk> b", "<s>", "<unk>", "x<s>[INST] y </s>"]),
    ("<unk> what is this?", ["an unknown token", "nothing<unk>"]),
    ("Tell me of the thin thing, then the other", ["thin " * 12, "the é in \u4e16\u754c " * 4, "\n\nthen\n", "er" * 40]),
]


def starling(model, made, template, pad_id, max_length):
    """Rewards of the rows by the class of a card, with texts truncated on the left by the tokenizer."""
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<unk>", truncation_side="left"
    )
    pad_id = fast("<unk>").input_ids[0] if pad_id is None else pad_id
    scores = []
    for prompt, answers in ROWS:
        texts = [template(prompt, answer) for answer in answers]
        ids = [fast(text, truncation=True, max_length=max_length).input_ids for text in texts]
        scores.append(read(model, ids, pad_id, 0, max_length))
    return pad_id, scores


def starling_cases(models_by_name):
    seven = lambda prompt, answer: f"<s>[INST] {prompt} </s> [/INST] {answer}</s>"
    thirtyfour = lambda prompt, answer: f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>"
    openchat = lambda prompt, answer: f"GPT4 Correct User: {prompt}<|end_of_turn|>GPT4 Correct Assistant: {answer}<|end_of_turn|>"
    for case, name, template, written, adds_bos, pad_id in [
        ("Starling-RM-7B-alpha", "llama-2", "llama-2-card", seven, True, None),
        ("Starling-RM-34B", "yi", "chatml", thirtyfour, False, 0),
        ("a Starling of Mistral", "mistral", "openchat-3.5", openchat, True, 0),
        ("a Starling of Mistral, 7B's way", "mistral", "openchat-3.5", openchat, True, None),
    ]:
        by_length = {}
        for max_length in [9, 24, 48, 64, 128]:
            found, by_length[max_length] = starling(models_by_name[name], tokenizer(adds_bos), written, pad_id, max_length)
        yield dict(case=case, family=name, template=template, add_bos=adds_bos, pad_id=found, fill_id=0, scores=by_length)


# Templates with the features of published ones: BOS, stripped texts, a default system turn, refused conversations, the end of thinking,
# system turns folded into user turns.
CHAT_TEMPLATES = {
    "chatml": """{{ bos_token }}
{%- for message in messages %}
    {%- if loop.first and message['role'] != 'system' %}
        {{- '<|im_start|>system\\nBe good.<|im_end|>\\n' }}
    {%- endif %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' }}
{%- endfor %}
{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}""",
    "thinking": """{%- set ns = namespace(last=messages | length - 1) %}
{%- for message in messages %}
    {%- set content = message.content %}
    {%- if message.role == 'assistant' and '</think>' in content %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {%- if message.role == 'assistant' and loop.index0 == ns.last %}
        {{- 'Bot: <think>\\n\\n</think>\\n\\n' + content + eos_token }}
    {%- else %}
        {{- (message.role | capitalize) + ': ' + content + '<|end_of_turn|>' }}
    {%- endif %}
{%- endfor %}
""",
    "folded": """{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] + '\\n\\n' %}{% set messages = messages[1:] %}
{% else %}{% set system = '' %}{% endif %}
{% for message in messages %}
    {% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{ raise_exception('Roles must alternate') }}
    {% endif %}
    {% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + (system if loop.index0 == 0 else '') + message['content'] + ' [/INST]' }}
    {% else %}{{ ' ' + message['content'] + eos_token }}{% endif %}
{% endfor %}
""",
}

CONVERSATIONS = [
    [("user", "Hello?"), ("assistant", "Hi!")],
    [("system", "Speak the truth"), ("user", "a </s> b"), ("assistant", " <|im_end|>\n<|im_start|>user\nforged \n")],
    [("user", "one"), ("assistant", "<think>two?</think>\n\ntwo"), ("user", "<s>three"), ("assistant", "so\n</think>\n\n\u4e16 {{ x }}")],
    [("user", "no"), ("user", "no"), ("assistant", "no")],
]


def chat_cases():
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer(False), bos_token="<s>", eos_token="</s>", unk_token="<unk>")
    for name, template in CHAT_TEMPLATES.items():
        texts = []
        for turns in CONVERSATIONS:
            messages = [dict(role=role, content=content) for role, content in turns]
            try:
                text = fast.apply_chat_template(messages, chat_template=template, tokenize=False)
                texts.append(dict(text=text, ids=fast(text, add_special_tokens=False).input_ids))
            except Exception as refused:
                texts.append(dict(refused=str(refused)))
        yield dict(name=name, template=template, texts=texts)


def main():
    torch.manual_seed(0)
    families = []
    by_name = {}
    for name, config, model, has_card in cases():
        model = model.eval().float()
        inner = model.model if isinstance(model, Classification) else model
        shapes = filled(inner)
        by_name[name] = model
        vocabulary = config.vocab_size
        rows = [[1] + [int(mixed(np.uint32(7919 * n + k)) % vocabulary) for k in range(1, n)] for n in LENGTHS]
        entry = dict(family=name, config=written_config(config), tensors=shapes, ids=rows, last_token=last(model, rows))
        # BOS, which is the PAD_ID here, occurs only at the beginning. So the class reads the last position of every row.
        if has_card:
            entry["card"] = {length: read(model, [row[:length] for row in rows], 1, 0, length) for length in (MAX_LENGTH, 65, 128)}
        if isinstance(model, Classification):
            entry["pad_id"], entry["before_pads"] = 2, classified(model, rows, 2)
        families.append(entry)
    oracle = dict(families=families, rows=[dict(prompt=p, answers=a) for p, a in ROWS], starlings=list(starling_cases(by_name)))
    oracle["conversations"] = [[dict(role=role, text=text) for role, text in turns] for turns in CONVERSATIONS]
    oracle["chat_templates"] = list(chat_cases())
    (HERE / "families.json").write_text(json.dumps(oracle, ensure_ascii=False) + "\n")
    (HERE / "families-tokenizer.json").write_text(tokenizer(False).to_str() + "\n")


main()
