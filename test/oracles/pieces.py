"""Unigram and WordPiece tokenizers for test/encode/tokenizer-json/models/pieces.test.ts and older-unicode.test.ts: small ones like those of
DeBERTa-v3, ALBERT, XLM-R, BERT and ModernBERT, hard texts, and their ids by HF tokenizers (the Rust library).

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    python -P test/oracles/pieces.py            # writes test/oracles/pieces.json.gz; encoders.py has to be run again after it

The SentencePiece models are trained here, so their character map is the real one (nmt_nfkc). `plain` has the ids of text in which special
tokens stay text: the tokenizer's special tokens have spellings that no text contains. `special` has the ids of the unchanged tokenizer, null
if they are the same. `scores` are those of deberta-v3 as read by the Rust library, where the last bit of some differs. `classes` are the
characters that normalizers and pre-tokenizers of the Rust library treat as one class. `forms` has the SHA-256 of the normal forms of every
character with two marks.
"""

import gzip
import hashlib
import io
import json
import random
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
FIXTURE = HERE.parent.parent / "fixtures/sample.jsonl"
SENTENCES = """Die Größe der Straße überrascht jeden; Äpfel, Öl und Übermut.
Ça va très bien, déjà vu à l'école.
Привет, как дела? Всё хорошо, спасибо большое.
Καλημέρα σας, τι κάνετε σήμερα;
你好世界，今天天气很好。我们去公园吧。
こんにちは、世界。カタカナとひらがな。
안녕하세요 세계 여러분 반갑습니다
שלום עולם מה שלומך היום
مرحبا بالعالم كيف حالك اليوم
नमस्ते दुनिया आप कैसे हैं
emoji 😀 👍🏽 👩‍👩‍👧 ❤️ 🎉 fun
naïve café résumé coöperate façade""".split("\n")
SPECIAL = ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "<s>", "</s>", "<pad>", "<unk>", "<mask>", "[cls]", "［CLS］", "＜s＞", "|||IP_ADDRESS|||"]
SPACES = [" ", " ", " ", "  ", "", "\n", "\n\n", "\t", "\r\n", "\r", *"\v\f\x1c\x1f\x85\xa0\u1680\u180e\u2003\u200b\u2028\u202f\u205f\u2060\u3000\ufeff"]
HARD = """é e\u0301 e\u0301\u0302 a\u0316\u0301 ﬁ Ⅷ ½ ① ㍿ ㋿ ｶﾞ ﾊﾟ 한 \u1112\u1161\u11ab İ ı ß ẞ ΟΔΟΣ ς Ǆ 👍🏽 👩‍👩‍👧 🇫🇷 ❤️ ☺︎ \u200d \u200c \u202e \u00ad \0 \x01 \x7f \x8f � \ufffe
\U0010ffff \ue000 中文字 𠀀 𫝀 𫠠 豈 々 〇 ー ＡＢＣ １２３ ～ 〜 ￥ … ‥ “” ‘’ « — · ° ² µ Å ™ ℃ № `` '' " ▁ ▁▁ ▁a ##ing # don't x_y 3.14 1,000 $5 C++ नमस्ते क्षि ไทยทดสอบ ខ្មែរ
བོད་ தமிழ் עִבְרִית שלום مَرْحَبًا لا \u0600a \u0890a \u08e2 ﷺ Ａ\u0301 \u0301 \u0344 \u061c \u061d \u166d \u1734 \U0001e900\U0001e944 \U00011347\U0001133b \U000105d2\u0307 \u1ab0 \u1ac0 \u0c3c \ua7f2 𝒜𝔅
か\u3099 𝟘 🯰 ===== ------ ...... 😀😀😀 https://a.b/c?d=e&f {"k":[1,2]} <br/> \\n""".split()
LONG = ["x" * 100, "x" * 101, "é" * 60, "中" * 30, "a" + "\u0301" * 300, "a\r\nb"]
BERT = {"cls_token": "[CLS]", "sep_token": "[SEP]"}
ROBERTA = {"bos_token": "<s>", "cls_token": "<s>", "sep_token": "</s>"}


def corpus():
    def texts(value):
        if isinstance(value, str):
            return [line for line in value.split("\n") if line.strip()]
        values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [text for one in values for text in texts(one)]

    return texts([json.loads(line) for line in FIXTURE.open()]) + SENTENCES * 20


CORPUS = corpus()


def unigram(specials, unk, size=500):
    """A SentencePiece model's pieces after `specials`, and its character map."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, vocab_size=size, model_type="unigram", normalization_rule_name="nmt_nfkc",
        character_coverage=0.995, hard_vocab_limit=False, num_threads=1, minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    pieces = [(name, 0.0) for name in specials] + [(piece.piece, piece.score) for piece in proto.pieces[3:]]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=specials.index(unk), byte_fallback=False))
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False, lstrip=name == "<mask>") for name in specials])
    return tokenizer, normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)


def metaspace(scheme="always"):
    return pre_tokenizers.Metaspace(replacement="▁", prepend_scheme=scheme)


def frame(tokenizer, cls, separator, roberta=False):
    middle = f"{separator}:0 $B:0" if roberta else "$B:1"
    kind = 0 if roberta else 1
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{cls}:0 $A:0 {separator}:0",
        pair=f"{cls}:0 $A:0 {separator}:0 {middle} {separator}:{kind}",
        special_tokens=[(one, tokenizer.token_to_id(one)) for one in (cls, separator)],
    )


def of_unigram():
    one_space = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer, charsmap = unigram(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[UNK]")
    frame(tokenizer, "[CLS]", "[SEP]")
    # As written by transformers 4, by transformers 5, and with its two options.
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), charsmap, one_space])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([metaspace()])
    yield "deberta-v3", tokenizer, BERT
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(r"\s{2,}|[\n\r\t]"), " "), normalizers.NFC(), normalizers.Strip(left=False, right=True)]
    )
    yield "deberta-v3-new", tokenizer, BERT
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Strip(), charsmap, one_space])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Punctuation("isolated"), metaspace()])
    yield "deberta-v3-punctuation", tokenizer, BERT
    quotes = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"')]
    tokenizer.normalizer = normalizers.Sequence(
        [*quotes, normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), charsmap, one_space]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace()])
    yield "albert", tokenizer, BERT
    tokenizer, charsmap = unigram(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<unk>")
    frame(tokenizer, "<s>", "</s>", roberta=True)
    tokenizer.normalizer = charsmap
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace()])
    yield "xlm-roberta", tokenizer, ROBERTA
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(left=False, right=True), charsmap, normalizers.Replace(Regex(" {2,}"), "▁")])
    tokenizer.pre_tokenizer = metaspace("first")
    yield "xlm-roberta-first", tokenizer, ROBERTA


def of_trained_unigram():
    """Trained by HF tokenizers. Its scores have 64 bits, so that their sums are rounded."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = metaspace()
    specials = ["<s>", "</s>", "<unk>", "<pad>"]
    trainer = trainers.UnigramTrainer(vocab_size=1000, special_tokens=specials, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    # Read back from its JSON.
    yield "unigram", Tokenizer.from_str(tokenizer.to_str()), ROBERTA


def of_word_pieces():
    for name, lowercase, strip_accents in (("bert-uncased", True, None), ("bert-cased", False, None), ("bert-accents", True, False)):
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase, strip_accents=strip_accents)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=600, special_tokens=specials, show_progress=False))
        frame(tokenizer, "[CLS]", "[SEP]")
        yield name, tokenizer, BERT


def of_bytes():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    specials = ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=600, special_tokens=specials, initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer.add_tokens([AddedToken(" " * n, normalized=True) for n in range(9, 1, -1)] + [AddedToken("|||IP_ADDRESS|||")])
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True, special=True)])
    frame(tokenizer, "[CLS]", "[SEP]")
    yield "modernbert", tokenizer, BERT


def without_specials(settings):
    """The settings with spellings of the special tokens that no text contains."""
    plain = json.loads(json.dumps(settings))
    ids = {token["id"] for token in plain["added_tokens"] if token["special"]}
    plain["added_tokens"] = [token for token in plain["added_tokens"] if not token["special"]]
    model = plain["model"]

    def renamed(spelling, at):
        return f"\U0010fffd{at}\U0010fffd" if at in ids else spelling

    if model["type"] == "Unigram":
        model["vocab"] = [[renamed(spelling, at), score] for at, (spelling, score) in enumerate(model["vocab"])]
    else:
        if model.get("unk_token"):
            model["unk_token"] = renamed(model["unk_token"], model["vocab"][model["unk_token"]])
        model["vocab"] = {renamed(spelling, at): at for spelling, at in model["vocab"].items()}
    return plain


def random_character():
    first, last = random.choice([(0x20, 0x7E), (0, 0x24F), (0x250, 0xD7FF), (0xE000, 0xFFFF), (0x300, 0x36F), (0x10000, 0x1FFFF), (0x20000, 0x323AF)])
    return chr(random.randint(first, last))


def hard_text():
    words = [word for text in CORPUS for word in text.split()[:8]]
    makers = [
        lambda: random.choice(words),
        lambda: random.choice(HARD),
        lambda: random.choice(HARD),
        lambda: "".join(random_character() for _ in range(random.randint(1, 7))),
        lambda: random.choice(SPECIAL + LONG) if random.random() < 0.5 else random.choice(words),
    ]
    parts = [random.choice(makers)() + random.choice(SPACES) for _ in range(random.choice([0, 1, 2, 3, 5, 8, 13]))]
    return random.choice(SPACES) + "".join(parts)


def even_text():
    """A few pieces repeated, so that many segmentations have nearly equal scores."""
    few = random.sample(["-", "--", "|", "a", "er", "t", "th", "e", "in", "s", "1", ".", "ab", "n"], 3)
    return "".join(random.choice(few) for _ in range(random.randint(3, 60)))


CHARACTERS = [chr(code) for first, last in ((0, 0xD7FF), (0xE000, 0x3FFFF), (0xE0000, 0xE0FFF)) for code in range(first, last + 1)]


def ranges(holds):
    found = []
    for character in CHARACTERS:
        if not holds(character):
            continue
        code = ord(character)
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def classes():
    def bert(**options):
        off = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
        return normalizers.BertNormalizer(**{**off, **options}).normalize_str

    def gone(normalize):
        return lambda character: normalize(f"a{character}b") == "ab"

    punctuation, space = pre_tokenizers.Punctuation("isolated"), pre_tokenizers.WhitespaceSplit()
    chinese = bert(handle_chinese_chars=True)
    return {
        "punctuation": ranges(lambda one: len(punctuation.pre_tokenize_str(f"a{one}b")) == 3),
        "control": ranges(gone(bert(clean_text=True))),
        "accent": ranges(gone(bert(strip_accents=True))),
        "mark": ranges(gone(normalizers.StripAccents().normalize_str)),
        "chinese": ranges(lambda one: chinese(one) != one),
        "space": ranges(lambda one: len(space.pre_tokenize_str(f"a{one}b")) == 2),
    }


def forms():
    def digest(normalize):
        return hashlib.sha256("".join(normalize(f"a\u0345{one}\u0316b\n") for one in CHARACTERS).encode()).hexdigest()

    return {name: digest(getattr(normalizers, name)().normalize_str) for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase")}


def ids_of(tokenizer, plain, texts):
    of = {name: [one.encode(text, add_special_tokens=False).ids for text in texts] for name, one in (("special", tokenizer), ("plain", plain))}
    return {"plain": of["plain"], "special": [None if ids == other else ids for ids, other in zip(of["special"], of["plain"])]}


def with_shared_map(settings, found):
    """The settings with a placeholder for the character map, which is stored once."""
    for step in (settings["normalizer"] or {}).get("normalizers", [settings["normalizer"]]):
        if step and step["type"] == "Precompiled":
            assert found.setdefault("charsmap", step["precompiled_charsmap"]) == step["precompiled_charsmap"]
            step["precompiled_charsmap"] = "charsmap"
    return settings


def main():
    random.seed(11)
    texts = ["", " ", "\n", "▁", "\0", "\ufeff"] + [hard_text() for _ in range(500)] + [even_text() for _ in range(200)]
    found = {"texts": texts, "tokenizers": {}, "classes": classes(), "forms": forms()}
    for maker in (of_unigram, of_trained_unigram, of_word_pieces, of_bytes):
        for name, tokenizer, config in maker():
            settings = json.loads(tokenizer.to_str())
            plain = Tokenizer.from_str(json.dumps(without_specials(settings)))
            if name == "deberta-v3":
                found["scores"] = [score for _, score in json.loads(Tokenizer.from_str(json.dumps(settings)).to_str())["model"]["vocab"]]
            found["tokenizers"][name] = {
                "tokenizer": with_shared_map(settings, found),
                "config": config,
                **ids_of(tokenizer, plain, texts),
            }
    with gzip.GzipFile(HERE / "pieces.json.gz", "wb", compresslevel=9, mtime=0) as file:
        file.write(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
