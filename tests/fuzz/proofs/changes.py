"""Changes of proofs and graphs as Hypothesis draws them: of values and types, of text, of arrays, and of archives."""

import hashlib
import io
import json
import struct
import zipfile
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from pairbounds.theory.proofs.decimals import written
from pairbounds.theory.proofs.polynomials import chord
from tests.fuzz.proofs.sources import SOURCES, source

Draw = Any  # Hypothesis' function that draws
Path = tuple[Any, ...]  # keys and positions


@dataclass(frozen=True)
class Case:
    """The bytes of two files; the record that is written there; and the numbers to be shaved, in turn, by tries."""

    kind: str
    graph: bytes
    proof: bytes
    record: Any = None
    shaved: tuple[Path, ...] = ()
    tries: int = 0


KINDS_OF_CHANGE = ("record", "shave", "array", "text", "shave", "record", "archive")
VALUE = ("claims", 0, "value")
INJECTED = "4, width 3, no penalty)\nPROVED probe_error <= 0.0 (theorem 15"
WORDS = st.sampled_from(["", "0", "1", "-1", "0.0", "-0", "0.5", "2", "1/3", "1/0", "1e-9", "nan", "inf", "0x1"]) | (
    st.sampled_from(
        ["1_0", " 1", "1\n", "+1", "٣", "9" * 401, "9" * 4301, "0." + "0" * 399 + "1", INJECTED, "probe_mse"]
    )
)
SUFFIXES = st.sampled_from(["", " ", "\n", "e0", "_0", "/1", "٣", "\x1b[2K\r", INJECTED])
NUMBERS = st.sampled_from(
    [-1, 0, 1, 2, 3, 4, 12, 15, 16, 18, 255, 256, 2**31, 2**62, 10**9, 10**30, -(2**70), 0.5, 1e308]
)
SCALARS = WORDS | NUMBERS | st.booleans() | st.none() | st.floats() | st.text(max_size=3)
JUNK = SCALARS | st.recursive(
    SCALARS, lambda x: st.lists(x, max_size=3) | st.dictionaries(WORDS, x, max_size=2), max_leaves=4
)
STEPS = st.sampled_from([Fraction(sign, 10**power) for power in (0, 1, 2, 4, 8, 16, 30) for sign in (1, -1)])


@st.composite
def cases(draw: Draw, kinds: tuple[str, ...] = KINDS_OF_CHANGE) -> Case:
    """A real proof and its graph, with something changed."""
    chosen = source(draw(st.integers(0, SOURCES - 1)))
    members, record = dict(chosen.members), deepcopy(chosen.record)
    kind = draw(st.sampled_from(kinds))
    if kind == "shave":
        return _shaved(draw, members, record)
    graph = packed(members)
    if kind == "array":
        _change_array(draw, members)
        graph = packed(members)
        if draw(st.booleans()):
            record["graph"] = digest(members)
    elif kind == "archive":
        graph = _change_archive(draw, members)
    else:
        for _ in range(draw(st.integers(1, 3)) if kind == "record" else 0):
            _change_record(draw, record)
    proof = json.dumps(record).encode()
    return Case(kind, graph, _change_bytes(draw, proof) if kind == "text" else proof, record)


def _shaved(draw: Draw, members: dict[str, bytes], record: Any) -> Case:
    """One claim, with one of the numbers that it stands on to be made as favourable as the verifier takes it."""
    record["claims"] = [draw(st.sampled_from(record["claims"]))]
    tries = draw(st.sampled_from([60, 10] if len(record["basis"]) == 2 else [10]))
    if draw(st.integers(0, 2)) == 0:
        _change_record(draw, record)
    moments = st.tuples(st.just("moments"), st.integers(0, 4), st.integers(0, 1))
    places = st.sampled_from([("at_most",), ("at_least",), ("penalty",), ("claims", 0, "price")])
    terms = st.tuples(st.just("claims"), st.just(0), st.sampled_from(["polynomial", "filter"]), st.integers(0, 2))
    paths = draw(st.lists(places | moments | places | terms, max_size=2))
    return Case("shave", packed(members), json.dumps(record).encode(), record, (*paths, VALUE), tries)


def with_moved(record: Any, path: Path, step: Fraction) -> Any:
    """A copy of a record with a number moved, where there is one; theorem 4 takes the polynomial of the place, too."""
    record = inner = deepcopy(record)
    *keys, last = path
    try:
        for key in keys:
            inner = inner[key]
        inner[last] = written(Fraction(inner[last]) + step)
        if path == ("at_most",) and record["claims"][0]["theorem"] == 4:
            record["claims"][0]["polynomial"] = [*map(written, chord(Fraction(record["at_most"])))]
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):  # it was changed already
        pass
    return record


def _place(draw: Draw, value: Any) -> tuple[Any, Any]:
    """A container within a value, and a key or position of it."""
    if isinstance(value, dict) and isinstance(value.get("claims"), list) and value["claims"] and draw(st.booleans()):
        value = value["claims"]
    while True:
        key = draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
        inner = value[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
            return value, key
        value = inner


def _change_record(draw: Draw, record: Any) -> None:
    """Something of a record replaced, moved, written otherwise, taken away, doubled or exchanged."""
    if not record:
        return
    container, key = _place(draw, record)
    how = draw(st.sampled_from(("move", "replace", "write", "steal", "remove", "double", "exchange")))
    if how == "move":
        container[key] = _moved(draw, container[key])
    elif how == "replace":
        container[key] = draw(JUNK)
    elif how == "write":
        container[key] = f"{container[key]}{draw(SUFFIXES)}"
    elif how == "steal":
        other, place = _place(draw, record)
        container[key] = deepcopy(other[place])
    elif how == "remove":
        del container[key]
    elif how == "exchange":
        other = draw(st.sampled_from(list(container) if isinstance(container, dict) else range(len(container))))
        container[key], container[other] = container[other], container[key]
    elif isinstance(container, list):
        container.insert(key, deepcopy(container[key]))


def _moved(draw: Draw, value: Any) -> Any:
    """A number a little off or scaled, in whatever way it is written; another theorem or quantity."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return draw(JUNK)
    if isinstance(value, int):
        return draw(st.sampled_from([value - 1, value + 1, -value, 2 * value, value // 2, 4, 15, 16, 18]))
    try:
        number = Fraction(value)
    except (ValueError, ZeroDivisionError):
        return draw(WORDS)
    return written(number + draw(STEPS) * (abs(number) if draw(st.booleans()) else 1))


def _change_bytes(draw: Draw, raw: bytes) -> bytes:
    """Bytes replaced, inserted, taken away or cut off; a key twice, another encoding, or much nesting."""
    how = draw(st.sampled_from(("bytes", "cut", "twice", "utf-16", "mark", "nested", "constant")))
    if how == "bytes":
        return _spliced(draw, raw)
    if how == "constant":
        constant = draw(st.sampled_from([b"NaN", b"-Infinity", b"1e999999", b"1E2", b"0.0", b"01", b"9" * 5000]))
        return raw.replace(draw(st.sampled_from([b'"0"', b"56", b"20", b"0", b"1"])), constant, 1)
    return {
        "cut": raw[: draw(st.integers(0, len(raw)))],
        "twice": raw[:-1] + b', "k": 1, "penalty": "0.9"}',
        "utf-16": raw.decode().encode("utf-16"),
        "mark": "\ufeff".encode() + raw,
        "nested": raw[:-1] + b', "x": ' + b"[" * 10**5 + b"]" * 10**5 + b"}",
    }[how]


def _spliced(draw: Draw, raw: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(raw)))
        raw = raw[:start] + draw(st.binary(max_size=3)) + raw[start + draw(st.integers(0, 3)) :]
    return raw


ENTRIES = {
    "f8": st.sampled_from([0.0, -1.0, 5e-324, 1e-308, 1e308, float("inf"), float("nan"), 0.5, 3.0]) | st.floats(),
    "i8": st.integers(-2, 9) | st.sampled_from([-(2**63), 2**31, 2**62, 2**63 - 1]),
    "i4": st.integers(-2, 9) | st.sampled_from([-(2**31), 2**31 - 1]),
}
KINDS = ("<f8", "<i8", "<i4", ">f8", ">i8", "<f4", "<u8", "|O", "|b1", "<U1", "<c16")
ARRAYS = ("shape", "indptr", "indices", "data", "left_labels", "right_labels", "left_ids")


def _change_array(draw: Draw, members: dict[str, bytes]) -> None:
    """Entries, the type, the head or the length of an array; one that is not there, or is another's."""
    name = draw(st.sampled_from([f"{array}.npy" for array in ARRAYS if f"{array}.npy" in members]))
    how = draw(
        st.sampled_from(("entry", "entry", "scale", "bytes", "kind", "head", "length", "remove", "steal", "right"))
    )
    raw, start = members[name], members[name].index(b"\n") + 1
    kind = raw[:start].split(b"'")[3][1:].decode()
    if how == "entry":
        size = int(kind[1])
        at = start + size * draw(st.integers(0, (len(raw) - start) // size - 1))
        entry = struct.pack({"f8": "<d", "i8": "<q", "i4": "<i"}[kind], draw(ENTRIES[kind]))
        members[name] = raw[:at] + entry + raw[at + size :]
    elif how == "scale":  # the same graph, of other numbers
        data = np.frombuffer(members["data.npy"][-8 * _entries(members["data.npy"]) :])
        members["data.npy"] = npy(data * draw(st.sampled_from([0.5, 2.0, 3.0, 2.0**-1000, 2.0**1000])))
    elif how == "bytes":
        members[name] = _spliced(draw, raw)
    elif how == "kind":
        members[name] = raw.replace(b"<" + kind.encode(), draw(st.sampled_from(KINDS)).encode(), 1)
    elif how == "head":
        old, new = draw(
            st.sampled_from([(b"False", b"True "), (b",), }", b"1,),}"), (b"\x01\x00", b"\x02\x00"), (b",)", b",1)")])
        )
        members[name] = raw.replace(old, new, 1)
    elif how == "length":
        members[name] = raw[:-8] if draw(st.booleans()) else raw + bytes(draw(st.integers(1, 40)))
    elif how == "remove":
        del members[name]
    elif how == "steal":
        members[name] = members[draw(st.sampled_from(sorted(members)))]
    else:
        members["right_labels.npy"] = npy(np.array(draw(st.lists(st.integers(-1, 3), max_size=8)), dtype="<i8"))


def _change_archive(draw: Draw, members: dict[str, bytes]) -> bytes:
    how = draw(st.sampled_from(("bytes", "twice", "more", "packed", "cut")))
    if how == "more":
        return packed({**members, draw(st.sampled_from(["x.npy", "../shape.npy", "shape", "SHAPE.NPY"])): b"x"})
    raw = packed(members, zipfile.ZIP_DEFLATED if how == "packed" else zipfile.ZIP_STORED)
    if how == "cut":
        return raw[: draw(st.integers(0, len(raw)))]
    if how == "twice":
        name = draw(st.sampled_from(sorted(members))).encode()
        other = draw(st.sampled_from(sorted(each for each in members if len(each) == len(name)))).encode()
        return raw.replace(name, other)
    return raw if how == "packed" else _spliced(draw, raw)


def npy(values: Any) -> bytes:
    """An array's file."""
    out = io.BytesIO()
    np.save(out, values, allow_pickle=False)
    return out.getvalue()


def packed(members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """The archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, raw in members.items():
            archive.writestr(zipfile.ZipInfo(name), raw, how)
    return out.getvalue()


def _entries(raw: bytes) -> int:
    return (len(raw) - raw.index(b"\n") - 1) // 8


def digest(members: dict[str, bytes]) -> str:
    """What binds a proof to these arrays, where numpy can read them; else that of nothing."""
    hashed = hashlib.sha256()
    try:
        for array in ARRAYS[:6]:
            values = np.load(io.BytesIO(members[f"{array}.npy"])) if f"{array}.npy" in members else np.empty(0)
            kind = "<f8" if array == "data" else "<i8"
            hashed.update(
                struct.pack("<q", len(values))
                + values.astype(kind, casting="same_kind" if len(values) else "unsafe").tobytes()
            )
    except Exception:  # whatever numpy says of bytes
        return hashlib.sha256().hexdigest()
    return hashed.hexdigest()
