"""Makes tables.inc: what the reference tokenizer knows about every code point.

    python make_tables.py > tables.inc          (needs the PyPI package tokenizers 0.23.3)

The reference mixes several releases of Unicode (its categories are those of 8.0, its decompositions of 12.1, its lower case and
its word characters of 16.0 or later), so no library's tables equal its own. They are read off its behaviour instead, one code
point at a time. What a code point decomposes to is left to utf8proc, where all releases agree; whether it does is said here.
"""
import tokenizers
from tokenizers import normalizers, pre_tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def bert(**on):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**(off | on)).normalize_str


NFD, NFC, NFKD = (kind().normalize_str for kind in (normalizers.NFD, normalizers.NFC, normalizers.NFKD))
CLEAN, STRIP = bert(clean_text=True), bert(strip_accents=True)
LOWER, STRIP_MARKS = normalizers.Lowercase().normalize_str, normalizers.StripAccents().normalize_str
BERT_SPLIT, WORD_SPLIT = pre_tokenizers.BertPreTokenizer().pre_tokenize_str, pre_tokenizers.Whitespace().pre_tokenize_str


def ranges(found):
    """Consecutive code points as (first, last)."""
    rows = []
    for c in found:
        if rows and rows[-1][1] == c - 1:
            rows[-1][1] = c
        else:
            rows.append([c, c])
    return rows


def runs(values):
    """{code point: value} as (first, last, stride, value), stride 1 or 2."""
    rows = []
    for c, value in sorted(values.items()):
        if rows and rows[-1][3] == value:
            first, last, stride, _ = rows[-1]
            if c - last == stride or (first == last and c - last == 2):
                rows[-1][1:3] = [c, c - last]
                continue
        rows.append([c, c, 1, value])
    return rows


def emit(kind, name, comment, rows):
    print(f"\n// {comment}\nconstexpr {kind} {name}[] = {{")
    line = "   "
    for row in rows:
        cell = " {" + ", ".join(row) + "},"
        if len(line) + len(cell) > 120:
            print(line)
            line = "   "
        line += cell
    print(line + "\n};")


def emit_ranges(name, comment, found):
    emit("CodePointRange", name, comment, [(f"{a:#x}", f"{b:#x}") for a, b in ranges(found)])


def emit_runs(name, comment, values):
    emit("CodePointRun", name, comment, [(f"{a:#x}", f"{b:#x}", str(s), str(v)) for a, b, s, v in runs(values)])


def combining_classes():
    """Read off canonical ordering: a mark moves before another exactly when its class is smaller and not 0."""
    swaps = lambda a, b: a != b and NFD(a + b) == b + a
    whole = [c for c in CODE_POINTS if NFD(chr(c)) == chr(c)]
    marks = [c for c in whole if c == 0x345 or swaps("\u0345", chr(c))]  # U+0345 has the largest class, 240
    known = {1: 0x334, 7: 0x93C, 8: 0x3099, 9: 0x94D, 84: 0xC55, 91: 0xC56, 103: 0xE38, 107: 0xE48, 118: 0xEB8, 122: 0xEC8,
             129: 0xF71, 130: 0xF72, 132: 0xF74, 202: 0x321, 214: 0x1DCE, 216: 0x31B, 218: 0x302A, 220: 0x316, 222: 0x59A,
             224: 0x302E, 226: 0x1D16D, 228: 0x5AE, 230: 0x300, 232: 0x302C, 233: 0x35C, 234: 0x35D, 240: 0x345}
    known |= {10 + i: 0x5B0 + i for i in range(9)} | {19: 0x5B9, 20: 0x5BB, 21: 0x5BC, 22: 0x5BD, 23: 0x5BF, 24: 0x5C1, 25: 0x5C2}
    known |= {26: 0xFB1E} | {27 + i: 0x64B + i for i in range(8)} | {35: 0x670, 36: 0x711}
    classes = {}
    for c in marks:
        below = [k for k, mark in known.items() if swaps(chr(c), chr(mark))]
        above = [k for k, mark in known.items() if swaps(chr(mark), chr(c))]
        between = [k for k in known if k > max(below, default=0) and k < min(above, default=255)]
        assert len(between) == 1, (hex(c), between)
        classes[c] = between[0]
    return classes


def compositions():
    rows = []
    for c in CODE_POINTS:
        whole, parts = chr(c), NFD(chr(c))
        if 0xAC00 <= c <= 0xD7A3 or parts == whole or NFC(parts) != whole:
            continue  # Hangul is composed by arithmetic
        first = NFC(parts[:-1])
        assert len(first) == 1, hex(c)
        rows.append((ord(first), ord(parts[-1]), c))
    return [tuple(map(hex, row)) for row in sorted(rows)]


lower = {c: LOWER(chr(c)) for c in CODE_POINTS if LOWER(chr(c)) != chr(c)}
assert [c for c, l in lower.items() if len(l) > 1] == [0x130]
whitespace = [c for c in CODE_POINTS if len(BERT_SPLIT(f"a{chr(c)}a")) == 2]
assert whitespace == [c for c in CODE_POINTS if len(WORD_SPLIT(f"a{chr(c)}a")) == 2]

print(f"// Made by make_tables.py from tokenizers {tokenizers.__version__}. Not edited by hand.")
emit_ranges("kWhitespace", "White_Space, as splitting and cleaning see it.", whitespace)
emit_ranges("kOther", "What clean_text removes: control, format and private-use characters, NUL and U+FFFD.",
            [c for c in CODE_POINTS if CLEAN(chr(c)) == ""])
emit_ranges("kPunctuation", "Every character that is a word by itself: ASCII symbols and the categories P*.",
            [c for c in CODE_POINTS if len(BERT_SPLIT(f"a{chr(c)}a")) == 3])
emit_ranges("kNonspacingMark", "Category Mn: what strip_accents removes.",
            [c for c in CODE_POINTS if NFD(chr(c)) == chr(c) and STRIP(chr(c)) == ""])
emit_ranges("kMark", "Categories M*: what the normaliser StripAccents removes.",
            [c for c in CODE_POINTS if STRIP_MARKS(chr(c)) == ""])
emit_ranges("kWord", "What a regular expression's \\w matches.", [c for c in CODE_POINTS if len(WORD_SPLIT(f"a{chr(c)}a")) == 1])
emit_runs("kLowercase", "What is added to a code point to get its lower case; U+0130, which becomes two, is not here.",
          {c: ord(l) - c for c, l in lower.items() if len(l) == 1})
emit_runs("kCombiningClass", "Canonical combining classes other than 0.", combining_classes())
emit("Composition", "kCompositions", "Canonical compositions in order, Hangul syllables apart.", compositions())
emit_ranges("kCanonical", "What NFD changes.", [c for c in CODE_POINTS if NFD(chr(c)) != chr(c)])
emit_ranges("kCompatibility", "What NFKD changes.", [c for c in CODE_POINTS if NFKD(chr(c)) != chr(c)])
