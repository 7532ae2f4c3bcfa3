"""Tables of users: any ids, four formats, any column names, and errors in one line."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pairbounds import BOUNDS, bound
from pairbounds.__main__ import app
from pairbounds.infrastructure import reading
from pairbounds.real_data.audit import audit
from pairbounds.real_data.audit.pair_tables import count_pairs, open_tables

PAIRS = {
    "image": [3, 1, 3, 2, 1, 3, 2, 9],
    "caption": ["a cat", "a dog", "a cat", "a dog", "an owl", "an owl", "a cat", "a newt"],
    "weight": [1.0, 2.0, 0.5, 1.0, 1.0, 1.0, 2.0, 4.0],
}
LABELS = {"image": [1, 2, 3, 7], "label": ["dogs", "cats", "cats", "mice"]}  # none for 9; 7 has no pair


def write(columns, path, **options):
    """Write a table by pandas."""
    frame = pd.DataFrame(columns)
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False, **options)
    elif path.suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.fixture
def two(tmp_path):
    return write(PAIRS, tmp_path / "pairs.parquet"), write(LABELS, tmp_path / "labels.parquet")


def by_name(counted):
    """The probabilities of the pairs by names."""
    joint = counted.graph.joint.tocoo()
    images, captions = counted.images.to_pylist(), counted.captions.to_pylist()
    return {(images[i], captions[j]): p for i, j, p in zip(*joint.coords, joint.data, strict=True)}


def read(pairs, labels):
    """Contents of a table: the pairs with their probability, the labels, and the tally."""
    counted = count_pairs(open_tables(pairs, labels))
    classes = [counted.classes[int(label)].as_py() for label in counted.graph.left_labels]
    labels = dict(zip(counted.images.to_pylist(), classes, strict=True))
    return by_name(counted), labels, (counted.n_rows, counted.n_images_without_label)


def test_unlabelled_images_are_left_out_and_counted_and_equal_pairs_are_summed(two):
    pairs, labels, tally = read(*two)
    weights = {("3", "a cat"): 1.5, ("1", "a dog"): 2, ("2", "a dog"): 1, ("1", "an owl"): 1, ("3", "an owl"): 1}
    weights |= {("2", "a cat"): 2}
    assert pairs == pytest.approx({pair: weight / 8.5 for pair, weight in weights.items()})
    assert labels == {"1": "dogs", "2": "cats", "3": "cats"}
    assert tally == (8, 1)


def test_batches_row_groups_and_folders_make_no_difference_nor_a_column_of_ones(two, tmp_path, monkeypatch):
    pairs_file, labels = two
    expected = read(pairs_file, labels)
    monkeypatch.setattr(reading, "BATCH", 6)
    grouped = write(PAIRS, tmp_path / "grouped.parquet", row_group_size=3)
    for suffix in ("parquet", "jsonl"):
        (tmp_path / suffix).mkdir()
        for i, start in enumerate(range(0, 8, 5)):
            write(pd.DataFrame(PAIRS)[start : start + 5], tmp_path / suffix / f"{i}.{suffix}")
    for path in (pairs_file, grouped, tmp_path / "parquet", tmp_path / "jsonl"):
        pairs, classes, tally = read(path, labels)
        assert pairs == pytest.approx(expected[0])
        assert classes == expected[1]
        assert tally == expected[2]
    ones = write(PAIRS | {"weight": np.ones(8, dtype=int)}, tmp_path / "ones.parquet")
    bare = write({name: PAIRS[name] for name in ("image", "caption")}, tmp_path / "bare.parquet")
    assert read(bare, labels) == read(ones, labels)


def test_the_command_takes_odd_names_and_says_what_it_read(call, tmp_path):
    names = {"image": "url", "caption": "TEXT", "weight": "n"}
    pairs = write(pd.DataFrame(PAIRS).rename(columns=names).assign(NSFW="UNLIKELY", sim=0.5), tmp_path / "pairs.jsonl")
    labels = write(pd.DataFrame(LABELS).rename(columns={"label": "species"}), tmp_path / "classes.tsv")
    words = ["--columns", "url,TEXT,n", "--label-col", "species", "--k", 3]
    code, out, err = call(app, "audit", pairs, "--labels", labels, *words, "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    assert "pairs: read image url, caption TEXT, weight n; ignored NSFW, sim" in out
    assert "labels: read image image, label species; ignored none" in out


def replaced(column, row, value):
    values = list(PAIRS[column])
    values[row] = value
    return {column: values}


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("columns", "words", "message"),
    [
        (replaced("weight", 1, None), [], "{}, row 1 (the first is 0): column 'weight' is empty"),
        (replaced("caption", 4, None), [], "{}, row 4 (the first is 0): column 'caption' is empty"),
        ({}, ["--columns", "image,image"], "column image of {} cannot hold both image and caption"),
        ({"label": ["x"] * 8}, ["--label-col", "label"], "{} gives every image the same label, x"),
        ({"label": [None] * 8}, ["--label-col", "label"], "{} has no label in any row"),
        ({"label": [*"abcdefgh"]}, ["--label-col", "label"], "{} gives '3' two classes, 'a' and 'c'"),
    ],
)
def test_a_fault_is_one_line_that_names_its_row(refused, tmp_path, monkeypatch, suffix, columns, words, message):
    monkeypatch.setattr(reading, "BATCH", 6)
    options = {"row_group_size": 3} if suffix == "parquet" else {}
    path = write(PAIRS | columns, tmp_path / f"pairs.{suffix}", **options)
    assert message.format(path) in refused(app, "audit", path, *words, "--k", 2, "--out", tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"image": [1], "words": ["a"]}, "has no column caption, only image, words: name both"),
        ({"image": [1], "caption": ["a"], "weight": [True]}, "column 'weight' holds bool. Give numbers."),
        ({"image": [1], "caption": [["a"]]}, "column 'caption' holds list<element: string>. Give numbers or text."),
        ({"image": [2.0**53], "caption": ["a"]}, "has a float of 2^53 or more"),
    ],
)
def test_columns_of_other_types_are_one_line(tmp_path, columns, message):
    pq.write_table(pa.table(columns), tmp_path / "pairs.parquet")
    with pytest.raises(ValueError) as error:
        count_pairs(open_tables(tmp_path / "pairs.parquet"))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("labels", "words", "message"),
    [
        ({"image": [70, 80], "label": ["a", "b"]}, [], "no image of the pairs has a label: the first is 3"),
        ({"image": [1, None], "label": ["a", "b"]}, [], "row 1 (the first is 0): column 'image' is empty"),
        ({"image": [1, 2], "kind": ["a", "b"], "n": [1, 1]}, [], "none is called label: give two, id and label, or"),
        (LABELS, ["--k", 0], "k=0 is not in 1..3"),
    ],
)
def test_bad_labels_and_options_are_one_line(refused, two, tmp_path, labels, words, message):
    write(labels, two[1])
    assert message in refused(app, "audit", two[0], "--labels", two[1], "--k", 2, "--out", tmp_path / "out", *words)


def test_names_are_escaped_and_a_violated_bound_exits_1(call, tmp_path):
    captions = ["\x1b]0;owned\x07 $\\frac{$", "猫\n と犬", "[/b] $x_", "a" * 200]
    escaped = ["\\x1b]0;owned\\x07 $\\frac{$", "猫 と犬", "[/b] $x_", "\\u202e[red]x[/red] $\\nothing$", "[c]"]
    pairs = write(PAIRS | {"caption": [captions[i] for i in (0, 1, 0, 1, 2, 2, 0, 3)]}, tmp_path / "pairs.parquet")
    classes = ["\u202e[red]x[/red] $\\nothing$", "[c]", "[c]", "m"]
    labels = write(LABELS | {"label": classes}, tmp_path / "labels.parquet")
    bound("$\\nothing$", quantity="probe_error", status="conjecture")(lambda graph, spectrum, k: -1.0)
    try:
        code, out, _ = call(app, "audit", pairs, "--labels", labels, "--k", 2, "--out", tmp_path / "out")
    finally:
        del BOUNDS["$\\nothing$"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert code == 1
    assert summary["bounds_failed"] == ["$\\nothing$"]
    assert "VIOLATED" in next(line for line in out.splitlines() if "│ $\\nothing$" in line)
    for word in (*escaped, "FAILED: $\\nothing$", f"{summary['consistency']:.4g}", "1 more images have no label"):
        assert word in out
    assert not set(out) & set("\x1b\x07\u202e")


def test_captions_of_a_single_image_are_audited(tmp_path):
    pairs = write({"image": [1, 2, 3], "caption": ["a", "b", "c"], "label": ["x", "x", "y"]}, tmp_path / "pairs.csv")
    summary, tables = audit(pairs, pairs, tmp_path / "out")  # the default width is too large
    assert summary["k"] == 3
    assert (summary["consistency"], summary["self_pair_share"], summary["unit_singular_values"]) == (1, 1, 3)
    assert summary["distinct_labelling_error"] is None
    assert not len(tables["class_pairs"])
