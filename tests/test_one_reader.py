"""One reader of tables: every format and every command takes one file for the same, and a cell for what it says."""

import bz2
import csv
import gzip
import io
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.real_data.audit.counting import count_here
from pairbounds.real_data.datasets.table import table
from pairbounds.theory.graph.files import read_graph, read_labels

WORDS = (
    "01|1|001|1.0|1.|+1|-1|-0|0|1e5|1E5|0x10|1_000|1,000|inf|-inf|Infinity|nan|NaN|NAN|NA|N/A|#N/A|None|none|null|NULL|"
    "<NA>|nil|True|true|TRUE|False|false|yes|2020-01-01|2020-1-1|12:30|2020-01-01T00:00:00Z|a|A| a|a |  a|a,b|a;b|é|"
    "e\u0301|Å|\u212b|ﬁ|fi|ß|ẞ|ı|I|i|\\N|\\|%|$x$|[red]|=1+1|-|--k|#|# a|'|'a'|`|{}|[]|٣|１|猫|🐈|👩‍🔬|../a|.|C:\\a|"
    "9007199254740993|9007199254740992|18446744073709551617|123456789012345678901234567890|0.1|0.10|1e-5|1E-05"
)
MARKS = ' ¦  ¦\t¦\ta¦a\tb¦\n¦a\nb¦a\r\nb¦a\rb¦"¦""¦a"b¦"a"¦",¦\ufeffa¦a\u200b¦a\u2028b¦a\x0bb¦a\x1fb¦|'
VALUES = [*WORDS.split("|"), *MARKS.split("¦"), "x" * 999, "x" * 1_000]
VALUES += [f"{number:03d}" for number in range(2, 2 + 200 - len(VALUES))]  # 200 different ones
TEXT = pa.string()
COLUMNS = ("image", "caption", "weight", "label")
ROWS = [(value, VALUES[i - 1], str(i % 3 + 1), VALUES[i - 2]) for i, value in enumerate(VALUES)]


def separated(columns, rows, separator, end="\n", mark=""):
    written = io.StringIO()
    csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator=end).writerows([columns, *rows])
    return (mark + written.getvalue()).encode()


def lines(columns, rows):
    return "".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows).encode()


def parquet(columns, rows, kind=TEXT):
    written = io.BytesIO()
    arrays = [pa.array(column).cast(kind) for column in zip(*rows, strict=True)]
    pq.write_table(pa.table(dict(zip(columns, arrays, strict=True))), written)
    return written.getvalue()


FORMATS = {
    "t.csv": lambda *table: separated(*table, ","),
    "windows.csv": lambda *table: separated(*table, ",", "\r\n", "\ufeff"),
    "t.tsv": lambda *table: separated(*table, "\t"),
    "t.csv.gz": lambda *table: gzip.compress(separated(*table, ",")),
    "t.tsv.bz2": lambda *table: bz2.compress(separated(*table, "\t")),
    "t.jsonl": lines,
    "t.jsonl.gz": lambda *table: gzip.compress(lines(*table)),
    "t.parquet": parquet,
    "coded.parquet": lambda *table: parquet(*table, pa.dictionary(pa.int32(), pa.string())),
}


def write(path, columns=COLUMNS, rows=ROWS):
    path.write_bytes(FORMATS[path.name](columns, rows))
    return path


@pytest.fixture(params=FORMATS)
def place(request, tmp_path):
    return write(tmp_path / request.param)


def named(graph):
    """The pairs of a graph by the names of their ends, and the classes of its images."""
    pairs = graph.joint.tocoo()
    left, right = graph.left_ids.tolist(), graph.right_ids.tolist()
    weights = {(left[i], right[j]): p for i, j, p in zip(*pairs.coords, pairs.data, strict=True)}
    return weights, dict(zip(left, [graph.class_names[label] for label in graph.left_labels], strict=True))


TOTAL = sum(int(row[2]) for row in ROWS)
PAIRS = {(image, caption): int(weight) / TOTAL for image, caption, weight, _ in ROWS}
CLASSES = {image: label for image, _, _, label in ROWS}


def assert_as_written(weights, classes):
    assert weights == pytest.approx(PAIRS)
    assert classes == CLASSES


def test_a_graph_is_what_is_written_and_so_is_what_is_saved_of_it(place, tmp_path):
    graph = read_graph(place).graph
    graph.save(tmp_path / "saved.npz")
    for found in (graph, PairGraph.load(tmp_path / "saved.npz"), read_graph(tmp_path / "saved.npz").graph):
        assert_as_written(*named(found))


def test_an_audit_reads_what_is_written(place):
    counted = count_here(place, place)
    pairs = counted.pairs.graph.joint.tocoo()
    images, captions = counted.images.to_pylist(), counted.captions.to_pylist()
    weights = {(images[i], captions[j]): p for i, j, p in zip(*pairs.coords, pairs.data, strict=True)}
    classes = [counted.classes[int(label)].as_py() for label in counted.pairs.graph.left_labels]
    assert_as_written(weights, dict(zip(images, classes, strict=True)))


@pytest.mark.parametrize("name", FORMATS)
def test_a_data_set_has_the_captions_that_are_written(name, tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "01.png")
    found = table(write(tmp_path / name, COLUMNS[:2], [("01.png", value) for value in VALUES]))
    assert found.captions == (tuple(VALUES),)


TYPED = {
    "int8": (pa.array([3, -1, 3], pa.int8()), ["3", "-1", "3"]),
    "uint64": (pa.array([2**64 - 1, 1, 0], pa.uint64()), ["18446744073709551615", "1", "0"]),
    "floats": (pa.array([1.0, 0.1, -2.5]), ["1", "0.1", "-2.5"]),
    "float32": (pa.array([1.0, 0.1, -2.5], pa.float32()), ["1", "0.1", "-2.5"]),
    "truths": (pa.array([True, False, True]), ["true", "false", "true"]),
    "bytes": (pa.array([b"01", b"1", "é".encode()]), ["01", "1", "é"]),
    "dates": (pa.array([0, 1, 2], pa.date32()), ["1970-01-01", "1970-01-02", "1970-01-03"]),
    "decimals": (pa.array([Decimal(100), Decimal(10), Decimal(1)], pa.decimal128(5, 2)), ["100.00", "10.00", "1.00"]),
}


@pytest.mark.parametrize("kind", TYPED)
def test_what_has_a_type_is_called_as_it_is_written(kind, tmp_path):
    column, texts = TYPED[kind]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"image": column, "caption": ["a", "b", "c"], "label": column}), path)
    weights, classes = named(read_graph(path).graph)
    assert set(weights) == set(zip(texts, "abc", strict=True))
    assert classes == {text: text for text in texts}
    assert count_here(path, path).images.to_pylist() == list(dict.fromkeys(texts))


MISSING = {
    "csv": b'image,caption,label\n1,a,\n2,b,""\n3,c,x\n4,d,y\n',
    "tsv": b"image\tcaption\tlabel\n1\ta\t\n3\tc\tx\n4\td\ty\n",
}
MISSING["jsonl"] = b"".join(
    json.dumps({"image": image, "caption": caption} | label).encode() + b"\n"
    for image, caption, label in [
        ("1", "a", {}),
        ("2", "b", {"label": ""}),
        ("3", "c", {"label": "x"}),
        ("4", "d", {"label": "y"}),
    ]
)


@pytest.mark.parametrize("suffix", MISSING)
def test_an_empty_cell_is_a_missing_label_and_never_an_id(call, suffix, tmp_path):
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(MISSING[suffix])
    graph = read_graph(path).graph
    assert graph.class_names == ("x", "y")
    assert graph.left_labels.tolist()[-2:] == [0, 1]
    assert set(graph.left_labels.tolist()[:-2]) == {-1}
    assert count_here(path, path).images.to_pylist() == ["3", "4"]
    path.write_bytes(MISSING[suffix].replace(b"3", b""))
    for arguments in (["check", path], ["audit", path, "--out", tmp_path / "out"]):
        code, out, err = call(app, *arguments, "--k", 1)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert f"row {graph.n_left - 2} of {path} has " in err


NO_END = "the quotes of the row that begins in line {} do not close, or not where their cell ends"


STRANGERS = {
    "open.csv": (b'image,caption\n1,"a\n"\n2,"b\n3,c\n4,d\n', NO_END.format(4)),
    "open.csv.gz": (gzip.compress(b'image,caption\n1,5" disk\n2,"b\n3,"c"\n'), NO_END.format(3)),
    "elsewhere.csv": (b'image,caption,note\n1,a,"x\n2,b,y\n', NO_END.format(2)),
    "blocks.csv": (b'image,caption\n1,"a\n' + b"1,a\n" * 300_000, NO_END.format(2)),
    "latin.csv": ("image,caption\n1,a\n2,é\n".encode("latin-1"), "is not UTF-8 text"),
    "sheet.csv": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xb5\x55", "is not UTF-8 text"),
    "semicolons.csv": (b"image;caption\n1;a\n", "has the one column 'image;caption'"),
    "twice.csv": (b"image,caption,image\n1,a,2\n", "has two columns called 'image'"),
    "header.tsv": (b"image\tcaption\n", "has no rows"),
    "lines.csv": (b"\n\r\n", "is empty"),
    "long.csv": (b"image,caption\n1,a,b\n", "Expected 2 columns, got 3"),
    "half.csv.gz": (gzip.compress(b"image,caption\n" + bytes(range(97, 120)) * 99)[:40], "cannot be read as .csv"),
    "other.parquet": (b"PAR1 and no more PAR1", "cannot be read as .parquet"),
    "kinds.jsonl": (b'{"image": 1, "caption": "a"}\n{"image": "1", "caption": "b"}\n', "cannot be read as .jsonl"),
    "large.jsonl": (b'{"image": 18446744073709551617, "caption": "a"}\n', "which skip integers: write them as text"),
    "underscore.csv": (b"image,caption,weight\n1,a,2\n1,b,1_000\n", "row 1 of"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_is_one_line_from_every_command(call, name, tmp_path):
    content, says = STRANGERS[name]
    path = tmp_path / name
    path.write_bytes(content)
    for arguments in (["check", path, "--k", 1], ["audit", path, "--k", 1, "--out", tmp_path / "out"]):
        code, out, err = call(app, *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert says in err
        assert str(path) in err
        assert err.isprintable() or err[:-1].isprintable()


def test_a_matrix_that_pandas_wrote_has_a_header_and_one_that_numpy_wrote_has_none(tmp_path):
    joint = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, 4.0]])
    path, data = tmp_path / "m.csv", pd.DataFrame(joint)
    for write_it in (
        lambda: data.to_csv(path),
        lambda: data.rename(index=str).to_csv(path),
        lambda: data.add_prefix("c").to_csv(path, index=False),
        lambda: data.to_csv(path, index=False, header=False),
        lambda: np.savetxt(path, joint, delimiter=","),
    ):
        write_it()
        np.testing.assert_allclose(read_graph(path).graph.joint.toarray(), joint / joint.sum())
    data.to_csv(path, index=False)
    with pytest.raises(ValueError, match=r"begins with 0, 1, 2, which may be .*: put a line with names"):
        read_graph(path)
    np.testing.assert_allclose(read_graph(path, header=True).graph.joint.toarray(), joint / joint.sum())
    assert read_graph(path, header=False).graph.n_left == 3
    data.rename(columns=str).to_parquet(tmp_path / "m.parquet")
    np.testing.assert_allclose(read_graph(tmp_path / "m.parquet").graph.joint.toarray(), joint / joint.sum())
    data.set_axis(["b", "a"]).rename(columns=str).to_parquet(tmp_path / "m.parquet")
    assert read_graph(tmp_path / "m.parquet").graph.left_ids.tolist() == ["b", "a"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("1,,2\n3,4,5\n", "row 0 of {} has no weight in column '1'"),
        ("a,b\n1,2\n3,\n", "row 1 of {} has no weight in column 'b'"),
        ("a,b\n1,2\n3,x\n", "row 1 of {} has a weight in column 'b' that is no number"),
        (",a\nx,1\n,2\n", "row 1 of {} has no name"),
    ],
)
def test_a_hole_in_a_matrix_is_named_by_row_and_column(content, says, tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(content)
    with pytest.raises(ValueError) as error:
        read_graph(path)
    assert says.format(path) in str(error.value)


def test_a_column_without_a_name_or_called_as_ids_are_names_the_rows_of_a_matrix(tmp_path):
    for header in ("", "id", "Image", "left"):
        (tmp_path / "m.csv").write_text(f"{header},x,y\n01,3,1\n1,2,2\n")
        found = read_graph(tmp_path / "m.csv")
        assert (found.graph.left_ids.tolist(), found.graph.right_ids.tolist()) == (["01", "1"], ["x", "y"])
        assert found.understood == f"read as a matrix (names of rows: {header or 'no name'})"


LINES = [
    ("l.txt", "dog\n\ncat\n\n"),
    ("l.txt", "\ufeffdog\r\n\r\ncat"),
    ("l.csv", "kind\ndog\n\ncat\n\n\n"),
    ("l.csv", '\ufeffkind\r\n"dog"\r\n""\r\ncat\r\n'),
]


@pytest.mark.parametrize(("name", "content"), LINES)
def test_an_empty_line_of_labels_is_a_node_without_one_unless_it_is_at_the_end(name, content, tmp_path):
    (tmp_path / name).write_bytes(content.encode())
    assert read_labels(tmp_path / name).tolist() == ["dog", None, "cat"]
    (tmp_path / name).write_bytes((content.rstrip() + '\n""\n').encode())
    assert read_labels(tmp_path / name).tolist() == ["dog", None, "cat", '""' if name == "l.txt" else None]


def test_two_labels_of_one_id_are_never_one(call, tmp_path):
    np.save(tmp_path / "m.npy", np.eye(2) + 1)
    (tmp_path / "l.csv").write_text("id,label\n0,x\n1,y\n0,z\n")
    code, out, err = call(app, "check", tmp_path / "m.npy", "--labels", tmp_path / "l.csv", "--k", 1)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "gives '0' two classes, 'x' and 'z'" in err


def test_labels_by_the_numbers_of_classes_agree_with_those_of_the_right_side(tmp_path):
    PairGraph(np.eye(2) + 1, right_labels=[1, 0]).save(tmp_path / "g.npz")
    (tmp_path / "l.csv").write_text("id,label\n0,0\n1,1\n")
    graph = read_graph(tmp_path / "g.npz", tmp_path / "l.csv").graph
    assert (graph.left_labels.tolist(), graph.right_labels.tolist(), graph.class_names) == ([0, 1], [1, 0], ("0", "1"))


def test_a_cell_may_be_longer_than_what_is_parsed_at_once(tmp_path):
    (tmp_path / "t.csv").write_text(f"image,caption\n1,{'x' * 2_000_000}\n2,y\n")
    assert len(read_graph(tmp_path / "t.csv").graph.right_ids[0]) == 2_000_000
