#!/usr/bin/env python3
"""Writes corpus/: one tiny safetensors file for each rule of the format, named for what is wrong with it.

    python3 engine/weights/make_corpus.py

Needs Python alone. safetensors_test.cc says which error each file must give; files named ok_* must load. The same folder
seeds safetensors_fuzz.cc.
"""
import json
import pathlib
import struct

FOLDER = pathlib.Path(__file__).parent / "corpus"


def tensor(shape, begin, end, dtype="F32", **more):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end], **more}


def raw(header: bytes, data=b"", length=None):
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def file(header: dict, data_bytes: int, pad=b""):
    return raw(json.dumps(header).encode() + pad, bytes(i % 251 for i in range(data_bytes)))


ONE = {"a": tensor([2], 0, 8)}
ENTRY = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
FILES = {
    # What is legal.
    "ok_two": file({"__metadata__": {"format": "pt"}, "b": tensor([2, 2], 8, 16, "F16"), "a": tensor([2], 0, 8)}, 16),
    "ok_no_tensors": file({}, 0),
    "ok_trailing_spaces": file(ONE, 8, pad=b"   \n\t"),
    "ok_leading_spaces": raw(b"  " + json.dumps(ONE).encode(), bytes(8)),
    "ok_scalar_and_empty": file({"s": tensor([], 0, 2, "BF16"), "e": tensor([0, 3], 2, 2), "z": tensor([0], 0, 0)}, 2),
    "ok_unaligned": file({"a": tensor([1], 0, 1, "U8"), "b": tensor([2], 1, 9)}, 9),
    "ok_whole_bytes_of_f4": file({"a": tensor([2], 0, 1, "F4")}, 1),
    "ok_nan_and_infinity": raw(b'{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}',
                               struct.pack("<4H", 0x7C00, 0xFC00, 0x7E00, 0x8000)),
    # Length.
    "length_empty_file": b"",
    "length_seven_bytes": b"\x02\0\0\0\0\0\0",
    "length_over_limit": raw(b"{}", length=100_000_001),
    "length_wraps": raw(b"{}", length=2**64 - 4),
    "length_beyond_file": raw(b"{}", length=3),
    # Header.
    "header_empty": raw(b""),
    "header_not_utf8": raw(b'{"\xff":' + ENTRY.encode() + b"}", bytes(8)),
    "header_not_json": raw(b"{a}"),
    "header_array": raw(b"[]"),
    "header_trailing_nul": raw(b"{}\0"),
    "header_second_object": raw(b"{}{}"),
    "header_deep": raw(b'{"a":' + b"[" * 20 + b"]" * 20 + b"}"),
    "header_tensor_twice": raw(f'{{"a":{ENTRY},"a":{ENTRY}}}'.encode(), bytes(8)),
    "header_tensor_twice_escaped": raw(f'{{"a":{ENTRY},"\\u0061":{ENTRY}}}'.encode(), bytes(8)),
    "header_shape_twice": raw(b'{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}', bytes(8)),
    # Metadata.
    "metadata_list": file({"__metadata__": [], **ONE}, 8),
    "metadata_number": file({"__metadata__": {"epoch": 3}, **ONE}, 8),
    "metadata_twice": raw(b'{"__metadata__":{},"__metadata__":{}}'),
    # Entry.
    "entry_not_object": file({"a": 7}, 0),
    "entry_no_dtype": file({"a": {"shape": [2], "data_offsets": [0, 8]}}, 8),
    "entry_no_shape": file({"a": {"dtype": "F32", "data_offsets": [0, 8]}}, 8),
    "entry_no_offsets": file({"a": {"dtype": "F32", "shape": [2]}}, 8),
    "entry_unknown_key": file({"a": tensor([2], 0, 8, stride=[1])}, 8),
    "entry_unknown_dtype": file({"a": tensor([2], 0, 8, "F33")}, 8),
    "entry_dtype_number": file({"a": tensor([2], 0, 8, 32)}, 8),
    "entry_negative_size": file({"a": tensor([-2], 0, 8)}, 8),
    "entry_fractional_size": file({"a": tensor([2.0], 0, 8)}, 8),
    "entry_shape_number": file({"a": tensor(2, 0, 8)}, 8),
    "entry_three_offsets": file({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4, 8]}}, 8),
    "entry_negative_offset": file({"a": tensor([2], -8, 0)}, 8),
    "entry_end_before_begin": file({"a": tensor([2], 8, 0)}, 8),
    "entry_no_name": file({"": tensor([2], 0, 8)}, 8),
    "entry_long_name": file({"n" * 513: tensor([2], 0, 8)}, 8),
    "entry_rank_nine": file({"a": tensor([1] * 8 + [2], 0, 8)}, 8),
    # Size.
    "size_too_few_bytes": file({"a": tensor([3], 0, 8)}, 8),
    "size_too_many_bytes": file({"a": tensor([1], 0, 8)}, 8),
    "size_product_wraps_to_zero": file({"a": tensor([2**32, 2**32], 0, 0)}, 0),
    "size_product_wraps_to_eight": file({"a": tensor([2**61 + 1, 1], 0, 4)}, 4),
    "size_bits_wrap": file({"a": tensor([2**59], 0, 0, "F64")}, 0),
    "size_half_byte": file({"a": tensor([3], 0, 1, "F4")}, 1),
    "size_offset_over_int64": file({"a": tensor([2], 2**64 - 8, 2**64 - 1)}, 8),
    # Layout.
    "layout_starts_late": file({"a": tensor([2], 4, 12)}, 12),
    "layout_hole": file({"a": tensor([2], 0, 8), "b": tensor([2], 12, 20)}, 20),
    "layout_overlap": file({"a": tensor([2], 0, 8), "b": tensor([2], 4, 12)}, 12),
    "layout_same_bytes": file({"a": tensor([2], 0, 8), "b": tensor([2], 0, 8)}, 8),
    "layout_trailing_byte": file(ONE, 9),
    "layout_missing_byte": file(ONE, 7),
    "layout_data_without_tensors": file({}, 1),
}


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.safetensors"):
        old.unlink()
    for name, content in FILES.items():
        (FOLDER / f"{name}.safetensors").write_bytes(content)
    print(len(FILES), "files")


main()
