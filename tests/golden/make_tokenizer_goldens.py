"""Makes what the tokenizers are tested against: ids and normal forms by the reference, the PyPI package tokenizers 0.23.3.

    python make_tokenizer_goldens.py MODEL_DIR            (run in this folder; writes data/tokenizer/)

data/tokenizer/
  sst2_dev.ids, sst2_test.ids   the ids of each sentence of ../sst2_*.tsv by the model's tokenizer.json: the number of ids, then
                                the ids, each a varint of 7 bits a byte, lowest first
  odd_vocab.txt                 a vocabulary for odd texts, one JSON string a line: every character that comes up, and pieces
  odd_texts.jsonl               a JSON string a line, or an array of two for a pair: generated from a seed
  odd_<name>.json               a tokenizer.json whose vocabulary is to be filled in from odd_vocab.txt
  odd_ids.txt                   a line a tokenizer: its name, max_length, direction, then the hash of ids and segments of each text
  code_points.txt               a line a normaliser or pre-tokenizer: its name, then a hash for each 4,096 code points

Hashes are 32-bit FNV-1a, in hexadecimal, over the numbers as four bytes each, lowest first, or over UTF-8.
"""
import json
import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

OUT = Path("data/tokenizer")
SEED = 20261123


def fnv(data):
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def write_sst2(tokenizer):
    for split in ("dev", "test"):
        rows = [line.rstrip("\n").split("\t", 1)[1] for line in open(f"data/sst2_{split}.tsv", encoding="utf-8")]
        encoded = [tokenizer.encode(row).ids for row in rows]
        (OUT / f"sst2_{split}.ids").write_bytes(b"".join(varint(n) for ids in encoded for n in [len(ids), *ids]))


# Texts on which tokenizers go wrong: parts of these, in any order, with any code point between them.
PARTS = [
    "good", "Film", "UNBELIEVABLE", "unaffable", "a", "B", "x" * 30, "ab" * 60, "don't", "3.14", "[MASK]", "[mask]", "[CLS]", "[SEP]",
    "[MASK", "<x>", "<X>", "<x", "foo", "Foo", "FOO", "two words", "Two  Words", "né", "NE\u0301", "É", "e\u0301\u0316", "q\u0307\u0323",
    "\u0301", "\u0323\u0301", "İ", "ı", "ẞ", "ß", "Σ", "ΟΔΟΣ", "ǅ", "ﬁ", "℡", "ﷺ", "㎏", "½", "Å", "각", "\u1100\u1161\u11a8", "이 영화",
    "这部电影", "豈", "\U0002f800", "とても", "が", "か\u3099", "फिल्म", "ไทย", "هذا", "לִשְׂבּ", "😀", "👨\u200d👩\u200d👧", "🇩🇪", "\u200b", "\u00ad",
    "\ufeff", "\u0000", "\u0007", "\x7f", "\u0085", "\u00a0", "\u3000", "\u2028", "\t", "\n", "\r\n", " ", "  ", "   ", "\ufffd", "\ue000",
    "\U000e0001", "\U0001d165", "\U0001d16d", "\u302e", "\u0f71\u0f72\u0f74", "-", "—", "...", "!?", "$", "^`", "¿", "«", "„", "#", "##", "##a",
    "http://a.b/c?d=e", "@user", "e.g.", "\u0897", "\ua7dc", "\U00010d50", "\u1c89", "\u24b6", "_", "a_b", "٣", "\u2160", "\u20dd", "\u0488",
]


def odd_text(rng):
    parts = []
    for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 8, 13, 30])):
        kind = rng.random()
        if kind < 0.8:
            parts.append(rng.choice(PARTS))
        elif kind < 0.9:
            parts.append(chr(rng.choice([rng.randrange(0x20, 0x3000), rng.randrange(0x3000, 0xD800), rng.randrange(0xE000, 0x20000)])))
        else:
            parts.append(rng.choice("abcdefghij") * rng.randrange(1, 8))
        if rng.random() < 0.4:
            parts.append(" ")
    return "".join(parts)


def odd_texts():
    rng = random.Random(SEED)
    texts = list(PARTS) + [odd_text(rng) for _ in range(1400)]
    texts += ["x" * 100, "x" * 101, "é" * 100, "é" * 101, "e\u0301" * 100, "e\u0301" * 101, "a" * 100 + "\u0301", "[MASK]" * 40, "un" * 50]
    return texts + [[odd_text(rng), odd_text(rng)] for _ in range(500)]


def odd_vocabulary(texts):
    """Characters of the texts in every form, and pieces of them, so that ids tell one normal form from another."""
    rng = random.Random(SEED + 1)
    forms = [lambda t: t, normalizers.NFKD().normalize_str, normalizers.NFKC().normalize_str, normalizers.BertNormalizer().normalize_str,
             normalizers.Lowercase().normalize_str]
    flat = [t for text in texts for t in ([text] if isinstance(text, str) else text)]
    characters = sorted({c for text in flat for form in forms for c in form(text) if not c.isspace()})
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + characters + ["##" + c for c in characters if rng.random() < 0.8]
    for text in flat:
        for word in pre_tokenizers.WhitespaceSplit().pre_tokenize_str(rng.choice(forms)(text))[:4]:
            begin = rng.randrange(len(word[0]))
            piece = word[0][begin:begin + rng.randrange(2, 7)]
            tokens.append(piece if begin == 0 else "##" + piece)
    return list(dict.fromkeys(tokens))


def special(content, **flags):
    return AddedToken(content, special=True, normalized=False, **flags)


SPECIAL = [special(t) for t in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")]
BERT = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
TEMPLATE = processors.TemplateProcessing(
    single="[CLS] $A [SEP]:1", pair="$B:1 [SEP]:0 [SEP]:0 $A:0 [CLS]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
ADDED = [
    AddedToken("<x>", lstrip=True, rstrip=True, normalized=False), AddedToken("Foo", normalized=True),
    AddedToken("two words", single_word=True, normalized=True), AddedToken("né", normalized=True, lstrip=True),
    AddedToken("ab", normalized=False, single_word=True), AddedToken("<x", normalized=False, rstrip=True), AddedToken(" B", normalized=False),
    special("[mask]", lstrip=True),
]
BERT_SPLIT, SEQUENCE = pre_tokenizers.BertPreTokenizer(), normalizers.Sequence
# name: normaliser, pre-tokenizer, post-processor, more added tokens, longest word, max_length, direction
ODD = {
    "uncased": (normalizers.BertNormalizer(), BERT_SPLIT, BERT, [], 100, 512, "right"),
    "cased": (normalizers.BertNormalizer(lowercase=False), BERT_SPLIT, BERT, [], 100, 12, "right"),
    "accents": (normalizers.BertNormalizer(strip_accents=False), BERT_SPLIT, TEMPLATE, [], 100, 9, "left"),
    "cased_stripped": (normalizers.BertNormalizer(lowercase=False, strip_accents=True), BERT_SPLIT, BERT, [], 20, 30, "left"),
    "no_ideographs": (normalizers.BertNormalizer(handle_chinese_chars=False), BERT_SPLIT, BERT, [], 100, 3, "right"),
    "uncleaned": (normalizers.BertNormalizer(clean_text=False), BERT_SPLIT, None, [], 100, 8, "right"),
    "added": (normalizers.BertNormalizer(), BERT_SPLIT, BERT, ADDED, 100, 10, "right"),
    "added_cased": (normalizers.BertNormalizer(lowercase=False), BERT_SPLIT, TEMPLATE, ADDED, 100, 512, "left"),
    "nfkc": (SEQUENCE([normalizers.NFKC(), normalizers.Lowercase()]), pre_tokenizers.Whitespace(), TEMPLATE, ADDED[:6], 100, 512, "right"),
    "nfd": (SEQUENCE([normalizers.NFD(), normalizers.StripAccents()]), pre_tokenizers.WhitespaceSplit(), None, [], 100, 512, "right"),
    "nothing": (None, None, BERT, [], 100, 512, "right"),
}


def write_odd():
    texts = odd_texts()
    tokens = odd_vocabulary(texts)
    dump = lambda value: json.dumps(value) + "\n"
    (OUT / "odd_texts.jsonl").write_text("".join(map(dump, texts)))
    (OUT / "odd_vocab.txt").write_text("".join(map(dump, tokens)))
    lines = []
    for name, (normalizer, split, processor, added, longest, max_length, direction) in ODD.items():
        vocabulary = {token: i for i, token in enumerate(tokens)}
        tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=longest))
        if normalizer:
            tokenizer.normalizer = normalizer
        if split:
            tokenizer.pre_tokenizer = split
        if processor:
            tokenizer.post_processor = processor
        tokenizer.add_special_tokens(SPECIAL)
        tokenizer.add_tokens(added)
        written = json.loads(tokenizer.to_str())
        written["model"]["vocab"] = {}
        (OUT / f"odd_{name}.json").write_text(json.dumps(written, indent=1) + "\n")
        tokenizer.enable_truncation(max_length, direction=direction)
        hashes = []
        for text in texts:
            encoding = tokenizer.encode(*([text] if isinstance(text, str) else text))
            numbers = [*encoding.ids, *encoding.type_ids]
            hashes.append(fnv(b"".join(n.to_bytes(4, "little") for n in numbers)))
        lines.append(" ".join([name, str(max_length), direction, *hashes]) + "\n")
    (OUT / "odd_ids.txt").write_text("".join(lines))


def bert(**on):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**(off | on)).normalize_str


def split_by(splitter):
    return lambda text: "|".join(word for word, _ in splitter.pre_tokenize_str(text))


CODE_POINTS = {
    "BertNormalizer": normalizers.BertNormalizer().normalize_str,
    "BertNormalizer/clean_text": bert(clean_text=True),
    "BertNormalizer/handle_chinese_chars": bert(handle_chinese_chars=True),
    "BertNormalizer/strip_accents": bert(strip_accents=True),
    "BertNormalizer/lowercase": bert(lowercase=True),
    "NFD": normalizers.NFD().normalize_str, "NFC": normalizers.NFC().normalize_str,
    "NFKD": normalizers.NFKD().normalize_str, "NFKC": normalizers.NFKC().normalize_str,
    "Lowercase": normalizers.Lowercase().normalize_str, "StripAccents": normalizers.StripAccents().normalize_str,
    "BertPreTokenizer": split_by(pre_tokenizers.BertPreTokenizer()), "Whitespace": split_by(pre_tokenizers.Whitespace()),
    "WhitespaceSplit": split_by(pre_tokenizers.WhitespaceSplit()),
}


def write_code_points():
    """Each code point between letters, and among marks that it may change places or compose with."""
    lines = []
    for name, form in CODE_POINTS.items():
        hashes = []
        for block in range(0, 0x110000, 4096):
            codes = [chr(c) for c in range(block, block + 4096) if not 0xD800 <= c < 0xE000]
            hashes.append(fnv("".join(form(f"a{c}b") + form(f"E\u0301{c}\u0316\u0301") + form(f"{c}\u0323\u0308") for c in codes).encode()))
        lines.append(" ".join([name, *hashes]) + "\n")
    (OUT / "code_points.txt").write_text("".join(lines))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(f"{sys.argv[1]}/tokenizer.json")
    tokenizer.no_padding()
    write_sst2(tokenizer)
    write_odd()
    write_code_points()


if __name__ == "__main__":
    main()
