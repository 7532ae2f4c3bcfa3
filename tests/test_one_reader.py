"""One reader of tables: all formats and all commands read the same cells from a file."""

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
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pairbounds import PairGraph, read_graph, read_labels
from pairbounds.__main__ import app
from pairbounds.infrastructure import reading
from pairbounds.real_data.audit.pair_tables import open_tables, read_rows
from pairbounds.real_data.datasets.table import table

WORDS = (
    "01|1|001|1.0|1.|+1|-0|1e5|0x10|1_000|1,000|inf|nan|NaN|NA|N/A|None|null|<NA>|True|false|2020-01-01|12:30|a|A| a|a "
    "|a,b|a;b|é|e\u0301|ﬁ|ß|\\N|%|$x$|[red]|=1+1|--k|#|'a'|{}|[]|٣|猫|👩\u200d🔬|C:\\a|9007199254740993|1234567890123456789012"
    '| |"|a\tb|\n|a\r\nb|a\rb|"a"|",|\ufeffa|a\u200b|a\u2028b|a\x0bb'
)
VALUES = [*WORDS.split("|"), "|", "x" * 200_000]
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
    "t.tsv.bz2": lambda *table: bz2.compress(separated(*table, "\t")),
    "t.jsonl.gz": lambda *table: gzip.compress(lines(*table)),
    "t.parquet": parquet,
    "coded.parquet": lambda *table: parquet(*table, pa.dictionary(pa.int32(), pa.string())),
}


def named(graph):
    """Weights of a graph by the ids of their ends, and classes by image."""
    pairs = graph.joint.tocoo()
    left, right = graph.left_ids.tolist(), graph.right_ids.tolist()
    weights = {(left[i], right[j]): p for i, j, p in zip(*pairs.coords, pairs.data, strict=True)}
    return weights, dict(zip(left, [graph.class_names[label] for label in graph.left_labels], strict=True))


@pytest.mark.parametrize("name", FORMATS)
def test_check_audit_and_data_sets_read_the_same_table(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(FORMATS[name](COLUMNS, ROWS))
    total = sum(int(row[2]) for row in ROWS)
    for result in (read_graph(path).graph, read_rows(open_tables(path, path)).graph()):
        weights, labels = named(result)
        assert weights == pytest.approx({row[:2]: int(row[2]) / total for row in ROWS})
        assert labels == {row[0]: row[3] for row in ROWS}
    Image.new("RGB", (2, 2)).save(tmp_path / "01.png")
    path.write_bytes(FORMATS[name](COLUMNS[:2], [("01.png", value) for value in VALUES]))
    assert table(path).captions == (tuple(VALUES),)


@given(st.lists(st.tuples(*2 * [st.text(st.characters(codec="utf-8", exclude_characters="\0"))]), min_size=1))
def test_any_text_is_read_unchanged_in_batches_of_any_size(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    for name, write in FORMATS.items():
        (folder / name).write_bytes(write(("a", "b"), rows))
        for size in (2**20, 4):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(reading, "BATCH", size)
                cells = reading.table_file(folder / name).read()
            assert cells.text("b").to_pylist() == [row[1] or None for row in rows]


TYPED = {
    "uint64": (pa.array([2**64 - 1, 1, 0], pa.uint64()), ["18446744073709551615", "1", "0"]),
    "floats": (pa.array([1.0, 0.1, -2.5]), ["1", "0.1", "-2.5"]),
    "float32": (pa.array([1.0, 0.1, -2.5], pa.float32()), ["1", "0.1", "-2.5"]),
    "bytes": (pa.array([b"01", b"1", "é".encode()]), ["01", "1", "é"]),
    "decimals": (pa.array([Decimal(100), Decimal(10), Decimal(1)], pa.decimal128(5, 2)), ["100.00", "10.00", "1.00"]),
}


@pytest.mark.parametrize("kind", TYPED)
def test_numbers_in_parquet_become_ids_of_the_fewest_digits(kind, tmp_path):
    column, texts = TYPED[kind]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"image": column, "caption": ["a", "b", "c"], "label": column}), path)
    weights, classes = named(read_graph(path).graph)
    assert set(weights) == set(zip(texts, "abc", strict=True))
    assert classes == {text: text for text in texts}
    assert read_rows(open_tables(path, path)).graph().left_ids.tolist() == list(dict.fromkeys(texts))


MISSING = {
    "t.csv": b'image,caption,label\n1,a,\n2,b,""\n3,c,x\n4,d,y\n',
    "t.jsonl": b'{"image": 1, "caption": "a"}\n{"image": 2, "caption": "b", "label": NaN}\n'
    b'{"image": 3.0, "caption": "c", "label": "x"}\n{"image": "4", "caption": "d", "label": "y"}\n',
}


@pytest.mark.parametrize("name", MISSING)
def test_an_empty_cell_is_a_missing_label_and_never_an_id(refused, name, tmp_path):
    path = tmp_path / name
    path.write_bytes(MISSING[name])
    graph = read_graph(path).graph
    assert (graph.left_ids.tolist(), graph.class_names) == (["1", "2", "3", "4"], ("x", "y"))
    assert graph.left_labels.tolist() == [-1, -1, 0, 1]
    assert read_rows(open_tables(path, path)).graph().left_ids.tolist() == ["3", "4"]
    path.write_bytes(MISSING[name].replace(b"3.0", b'""').replace(b"3", b""))
    for arguments in (["check", path], ["audit", path, "--out", tmp_path / "out"]):
        assert f"{path}, row 2 (the first is 0): column 'image' is empty. Fill it in" in refused(
            app, *arguments, "--k", 1
        )


QUOTES = "check the quotes in the row that begins at line"
STRANGERS = {
    "open.csv": (b'image,caption\n1,"a\n"\n2,"b\n3,c\n4,d\n', f"{QUOTES} 4"),
    "latin.csv": ("image,caption\n1,a\n2,é\n".encode("latin-1"), "is not UTF-8 text"),
    "semicolons.csv": (
        b"image;caption\n1;a\n",
        "has only the column 'image;caption': separate its cells by ','",
    ),
    "twice.csv": (b"image,caption,image\n1,a,2\n", "has two columns called 'image'"),
    "header.tsv": (b"image\tcaption\n", "has no rows"),
    "empty.csv": (b"", "is empty"),
    "lines.csv": (b"\n\r\n", "neither columns nor rows"),
    "long.csv": (b'image,caption\n1,"\n"\n1,a,b\n', "line 4 has 3 cells, but the table has 2 columns"),
    "half.csv.gz": (gzip.compress(b"image,caption\n" + bytes(range(97, 120)) * 99)[:40], "cannot be read"),
    "other.parquet": (b"PAR1 and no more PAR1", "cannot be read"),
    "broken.jsonl": (b'{"image": 1, "caption": "a"}\n{"image": 1\n', "line 2 is not JSON"),
    "nested.jsonl": (b'{"image": 1, "caption": ["a"]}\n', "column 'caption' holds a list or an object"),
    "underscore.csv": (
        b"image,caption,weight\n1,a,2\n1,b,1_000\n",
        "row 1 (the first is 0): column 'weight' is not a n",
    ),
    "zero.csv": (b"image,caption,weight\n1,a,2\n1,b,0\n", "row 1 (the first is 0): the weight"),
    "negative.tsv": (b"image\tcaption\tweight\n1\ta\t-1\n", "row 0 (the first is 0): the weight"),
    "infinite.csv": (b"image,caption,weight\n1,a,inf\n", "row 0 (the first is 0): column 'weight' is NaN or infinite"),
    "pairs.json": (b"{}", "supported formats are"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_an_unreadable_file_is_one_line_from_every_command(refused, name, tmp_path):
    content, says = STRANGERS[name]
    path = tmp_path / name
    path.write_bytes(content)
    for arguments in (["check", path, "--k", 1], ["audit", path, "--k", 1, "--out", tmp_path / "out"]):
        err = refused(app, *arguments)
        assert says in err or (name, arguments[0]) == ("pairs.json", "check")
        assert str(path) in err


def test_matrices_of_pandas_and_numpy_are_read_with_and_without_a_header(tmp_path):
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
    with pytest.raises(ValueError, match=r"begins with 0, 1, 2, which may be .*: add a first line with the names"):
        read_graph(path)
    data.set_axis(["b", "a"]).rename(columns=str).to_parquet(tmp_path / "m.parquet")
    assert read_graph(tmp_path / "m.parquet").graph.left_ids.tolist() == ["b", "a"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("1,,2\n3,4,5\n", "row 0 (the first is 0): column '1' is empty"),
        ("a,b\n1,2\n3,x\n", "row 1 (the first is 0): column 'b' is not a number"),
        (",a\nx,1\n,2\n", "row 1 (the first is 0): column '' is empty"),
        ("a,b\nx,y\n", "name the two columns of their ends by `columns=IMAGE,CAPTION`. It has the columns a, b."),
        ("1,-1\n0,1\n", "negative weights"),
    ],
)
def test_an_error_in_a_matrix_names_row_and_column(content, says, tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(content)
    with pytest.raises(ValueError) as error:
        read_graph(path)
    assert says in str(error.value)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize("header", ["", "id", "Image", "left"])
def test_a_column_without_a_name_or_called_as_ids_are_names_the_rows_of_a_matrix(header, tmp_path):
    (tmp_path / "m.csv").write_text(f"{header},x,y\n01,3,1\n1,2,2\n")
    result = read_graph(tmp_path / "m.csv")
    assert (result.graph.left_ids.tolist(), result.graph.right_ids.tolist()) == (["01", "1"], ["x", "y"])
    assert result.understood == f"read as a matrix (names of rows: {header or 'no name'})"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("l.txt", "\ufeffdog\r\n\r\ncat\n\n", ["dog", None, "cat"]),
        ("l.csv", "\ufeffkind\ndog\n\ncat\n\n\n", ["dog", None, "cat"]),
        ("l.csv", 'kind\r\n"dog"\r\n""\r\ncat\r\n""\r\n', ["dog", None, "cat", None]),
        ("l.tsv", "id\tlabel\n1\tcat\n0\tdog\n2\t\n", {"1": "cat", "0": "dog"}),
    ],
)
def test_an_empty_line_of_labels_is_an_unlabelled_node_unless_at_the_end(name, content, expected, tmp_path):
    (tmp_path / name).write_bytes(content.encode())
    result = read_labels(tmp_path / name)
    assert (result if isinstance(result, dict) else result.tolist()) == expected


NAMED = {
    "image,text": [],
    "image,caption": [],
    "left,right": [],
    "url,caption": [],
    "photo,words": ["--columns", "photo,words"],
}
IDS = [("01", "NA"), ("NA", "b"), ("01", "b")]
WRITERS = {
    "t.csv": lambda *table: separated(*table, ","),
    "t.tsv": lambda *table: separated(*table, "\t"),
    "t.jsonl": lines,
    "t.parquet": parquet,
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("columns", NAMED)
def test_every_command_finds_the_same_pairs_and_labels(call, columns, name, tmp_path):
    path, labels, options = tmp_path / name, tmp_path / "labels.csv", NAMED[columns]
    path.write_bytes(WRITERS[name](columns.split(","), IDS))
    labels.write_text("image,class\n01,x\nNA,y\n")
    for image in ("01", "NA"):
        Image.new("RGB", (2, 2), {"01": "blue", "NA": "red"}[image]).save(tmp_path / image, "PNG")
    checked, drawn, out = tmp_path / "checked.npz", tmp_path / "drawn.npz", tmp_path / "out"
    words = [*options, "--labels", labels]
    for command in (
        ["check", path, "--k", 1, "--save", checked],
        ["graph", "table", "--set", f"root={path}", "--out", drawn],
        ["audit", path, "--k", 1, "--out", out],
    ):
        code, _, err = call(app, *command, *words)
        assert (code, err) == (0, ""), command
    expected = dict.fromkeys(IDS, pytest.approx(1 / 3)), {"01": "x", "NA": "y"}
    assert named(PairGraph.load(checked)) == expected
    graph = PairGraph.load(drawn)
    assert set(named(graph)[0]) == set(IDS)
    assert named(graph)[1] == expected[1]
    summary = json.loads((out / "summary.json").read_text())
    assert [summary[f"n_{key}"] for key in ("images", "captions", "pairs", "classes")] == [2, 2, 3, 2]


def test_a_message_names_the_argument_in_python_and_the_option_on_the_command_line(refused, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("photo,words\na,b\n")
    with pytest.raises(ValueError, match=r"by `columns=IMAGE,CAPTION`\. It has the columns photo, words"):
        read_graph(path)
    for command in (
        ["check", path, "--k", 1],
        ["audit", path, "--out", tmp_path / "out"],
        ["graph", "table", "--set", f"root={path}", "--out", tmp_path / "g.npz"],
    ):
        err = refused(app, *command)
        assert "by --columns IMAGE,CAPTION" in err
        assert "photo, words" in err
