"""What the audit reads: ids of every type, several formats, faults that are named by their row; and what it leaves."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pairbounds import BOUNDS, bound
from pairbounds.__main__ import app
from pairbounds.infrastructure import table_files
from pairbounds.real_data.audit import Settings, audit, auditing
from pairbounds.real_data.audit.counting import Tally, count_here

PAIRS = {
    "image": [3, 1, 3, 2, 1, 3, 2, 9],
    "caption": ["a cat", "a dog", "a cat", "a dog", "an owl", "an owl", "a cat", "a newt"],
    "weight": [1.0, 2.0, 0.5, 1.0, 1.0, 1.0, 2.0, 4.0],
}
LABELS = {"image": [1, 2, 3, 7], "label": ["dogs", "cats", "cats", "mice"]}  # none for 9; 7 has no pair


@pytest.fixture
def write(tmp_path):
    def _write(name: str, columns, suffix: str = "parquet", **options):
        path = tmp_path / f"{name}.{suffix}"
        frame = pd.DataFrame(columns)
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path, **options)
        return path

    return _write


def read(pairs, labels):
    """What a table comes to, by names as text: the pairs with their probability, the labels, and the tally."""
    counted = count_here(pairs, labels)
    joint, names = counted.pairs.graph.joint.tocoo(), counted.names
    images, captions = ([str(name) for name in side.to_pylist()] for side in (names.images, names.captions))
    pairs = {(images[i], captions[j]): p for i, j, p in zip(*joint.coords, joint.data, strict=True)}
    classes = [str(name) for name in names.classes.to_pylist()]
    labels = dict(zip(images, (classes[c] for c in counted.pairs.graph.left_labels), strict=True))
    return pairs, labels, counted.tally


def assert_same(first, second):
    """Whether two tables come to the same, but for the number of rows."""
    assert first[0] == pytest.approx(second[0])
    assert first[1] == second[1]
    assert replace(first[2], n_rows=0) == replace(second[2], n_rows=0)


def test_unlabelled_images_are_left_out_and_counted_and_equal_pairs_are_summed(write):
    pairs, labels, tally = read(write("pairs", PAIRS), write("labels", LABELS))
    weights = {("3", "a cat"): 1.5, ("1", "a dog"): 2, ("2", "a dog"): 1, ("1", "an owl"): 1, ("3", "an owl"): 1}
    weights |= {("2", "a cat"): 2}
    assert pairs == pytest.approx({pair: weight / 8.5 for pair, weight in weights.items()})
    assert labels == {"1": "dogs", "2": "cats", "3": "cats"}
    assert tally == Tally(8, 1, pytest.approx(4 / 12.5), 1, 1, 1)


def test_without_a_column_every_row_weighs_one(write):
    unweighted = {name: PAIRS[name] for name in ("image", "caption")}
    ones = unweighted | {"weight": np.ones(8, dtype=int)}
    labels = write("labels", LABELS)
    assert_same(read(write("a", unweighted), labels), read(write("b", ones), labels))


def test_batches_row_groups_and_folders_make_no_difference(write, tmp_path, monkeypatch):
    whole, labels = write("pairs", PAIRS), write("labels", LABELS)
    expected = read(whole, labels)
    monkeypatch.setattr(table_files, "BATCH", 2)
    grouped = write("grouped", PAIRS, row_group_size=3)
    (tmp_path / "parts").mkdir()
    for i, start in enumerate(range(0, 8, 5)):
        pd.DataFrame(PAIRS)[start : start + 5].to_parquet(tmp_path / "parts" / f"{i}.parquet")
    for path in (whole, grouped, tmp_path / "parts"):
        assert_same(read(path, labels), expected)


def test_ids_of_two_types_are_compared_as_text(write):
    pairs, labels = write("pairs", PAIRS), write("labels", LABELS)
    expected = read(pairs, labels)
    as_text = write("texts", LABELS | {"image": list(map(str, LABELS["image"]))})
    narrow = write("narrow", LABELS | {"image": np.array(LABELS["image"], dtype=np.int16)})
    for given_pairs in (pairs, write("pairs", PAIRS, "csv")):
        for given_labels in (labels, as_text, narrow, write("labels", LABELS, "csv")):
            assert_same(read(given_pairs, given_labels), expected)


def replaced(column, row, value):
    values = list(PAIRS[column])
    values[row] = value
    return PAIRS | {column: values}


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (replaced("weight", 5, -1.0), "row 5 of {} has a weight that is zero or negative"),
        (replaced("weight", 6, 0.0), "row 6 of {} has a weight that is zero or negative"),
        (replaced("weight", 3, float("inf")), "row 3 of {} has a weight that is NaN or infinite"),
        ({"image": [1], "words": ["a"]}, "{} has no column caption, only image, words: name it with --caption-col"),
        ({"image": [], "caption": []}, "has no rows"),
    ],
)
def test_a_fault_is_one_line_that_names_its_row(call, write, tmp_path, monkeypatch, suffix, pairs, message):
    monkeypatch.setattr(table_files, "BATCH", 2)
    options = {"row_group_size": 3} if suffix == "parquet" else {}
    path = write("pairs", pairs, suffix, **options)
    code, _, err = call(app, "audit", path, "--k", 2, "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert message.format(path) in err
    assert not list((tmp_path / "out").iterdir())


def test_nan_is_named_by_its_row(call, tmp_path):
    weights = pa.array([1.0, float("nan")], from_pandas=False)
    pq.write_table(pa.table({"image": [1, 2], "caption": ["a", "b"], "weight": weights}), tmp_path / "pairs.parquet")
    code, _, err = call(app, "audit", tmp_path / "pairs.parquet", "--out", tmp_path / "out")
    assert code == 2
    assert "row 1 of" in err
    assert "NaN or infinite" in err


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"weight": ["a"] * 8}, "row 0 of {} has a weight that is no number"),
        ({"weight": [True] * 8}, "{} holds bool where each row has a weight: give numbers"),
        ({"caption": [["a"]] * 8}, "column caption of {} holds list<element: string>: give numbers or text"),
    ],
)
def test_columns_of_a_type_that_cannot_be(call, write, tmp_path, columns, message):
    path = write("pairs", PAIRS | columns)
    code, _, err = call(app, "audit", path, "--k", 2, "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert message.format(path) in err.replace("large_string", "string")  # which is what pandas 3 writes


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"image": [1, 2, 1], "label": ["a", "b", "c"]}, "gives image 1 two labels, a and c"),
        (
            {"image": [70, 80], "label": ["a", "b"]},
            "no image of the pairs has a label: the first is 3, and the first in",
        ),
        ({"image": [1, 2], "label": [None, None]}, "has no label in any row"),
        ({"image": [1, None], "label": ["a", "b"]}, "row 1 of"),
        ({"image": [1, 2], "kind": ["a", "b"]}, "has no column label, only image, kind: name it with --label-col"),
    ],
)
def test_labels_that_cannot_be(call, write, tmp_path, labels, message):
    paths = write("pairs", PAIRS), "--labels", write("labels", labels)
    code, _, err = call(app, "audit", *paths, "--k", 2, "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--k", 2, "--labels", "none.parquet"], "none.parquet does not exist"),
        (["--k", 0], "k=0 is not at least 1"),
        (["--k", 4], "k=4 is not in 1..3"),
        (["--tol", 0], "tol=0.0 is not positive"),
        (["--k", 2, "--out", "{pairs}"], "would be written, and is read"),
    ],
)
def test_arguments_that_cannot_be(call, write, tmp_path, arguments, message):
    pairs = write("pairs", {name: values[:7] for name, values in PAIRS.items()})
    words = [str(word).format(pairs=pairs) for word in arguments]
    code, _, err = call(app, "audit", pairs, "--out", tmp_path / "out", *words)
    assert (code, err.count("\n")) == (2, 1)
    assert message in err


def test_the_report_has_the_numbers_and_any_name(call, write, tmp_path):
    captions = ["[/b] $x_", "猫\n と犬", "[red]", "a" * 200]
    pairs = write("pairs", PAIRS | {"caption": [captions[i] for i in (0, 1, 0, 1, 2, 2, 0, 3)]})
    labels = write("labels", LABELS | {"label": ["$d_", "[c]", "[c]", "m"]})
    code, out, _ = call(app, "audit", pairs, "--labels", labels, "--k", 2, "--out", tmp_path / "out")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert code == 0
    for word in (
        "[/b] $x_",
        "[red]",
        "猫 と犬",
        "$d_",
        "[c]",
        f"{summary['consistency']:.4g}",
        "1 more images have no label",
    ):
        assert word in out
    assert "VIOLATED" not in out
    assert (tmp_path / "out" / "audit.pdf").exists()


def test_no_name_reaches_the_terminal_or_the_figure_as_a_command(call, write, tmp_path):
    """Nor does a name as mathematics, which would fail, or as markup."""
    caption, label = "\x1b]0;owned\x07 $\\frac{$", "\u202e[red]x[/red] $\\nothing$"
    pairs = write("pairs", PAIRS | {"caption": [caption, *PAIRS["caption"][1:]]})
    labels = write("labels", LABELS | {"label": [label, "cats", "cats", "mice"]})
    bound("$\\nothing$", quantity="probe_mse", status="conjecture")(lambda graph, spectrum, k: 2.0)
    try:
        code, out, _ = call(app, "audit", pairs, "--labels", labels, "--k", 2, "--out", tmp_path / "out")
    finally:
        del BOUNDS["$\\nothing$"]
    assert code == 0
    for shown in ("\\x1b]0;owned\\x07 $\\frac{$", "\\u202e[red]x[/red] $\\nothing$"):
        assert shown in out
    assert not set(out) & set("\x1b\x07\u202e")
    assert (tmp_path / "out" / "audit.png").exists()


def test_captions_of_one_image_are_no_trouble(call, write, tmp_path):
    pairs = write("pairs", {"image": [1, 2, 3], "caption": ["a", "b", "c"]})
    labels = write("labels", {"image": [1, 2, 3], "label": ["x", "x", "y"]})
    code, _, _ = call(app, "audit", pairs, "--labels", labels, "--k", 2, "--out", tmp_path / "out")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert code == 0
    assert (summary["consistency"], summary["self_pair_share"], summary["unit_singular_values"]) == (1, 1, 3)
    assert summary["distinct_labelling_error"] is None
    assert not len(pd.read_parquet(tmp_path / "out" / "class_pairs.parquet"))


def test_a_violated_bound_exits_1_and_is_in_the_summary(call, write, tmp_path):
    bound("too-good", quantity="probe_error", status="conjecture")(lambda graph, spectrum, k: -1.0)
    pairs, labels = write("pairs", PAIRS), write("labels", LABELS)
    try:
        code, out, _ = call(app, "audit", pairs, "--labels", labels, "--k", 2, "--out", tmp_path / "out")
    finally:
        del BOUNDS["too-good"]
    assert code == 1
    assert "FAILED: too-good" in out
    assert "VIOLATED" in next(line for line in out.splitlines() if line.startswith("│ too-good"))
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["bounds_failed"] == ["too-good"]


def test_an_audit_that_ends_early_leaves_the_earlier_one_whole_and_no_half_file(write, tmp_path, monkeypatch):
    pairs = write("pairs", PAIRS)
    audit(pairs, write("labels", LABELS), tmp_path / "out", Settings(2))
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    def interrupt(tables, out):
        raise KeyboardInterrupt

    monkeypatch.setattr(auditing, "draw", interrupt)
    with pytest.raises(KeyboardInterrupt):
        audit(pairs, None, tmp_path / "out", Settings(2))
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_the_summary_names_the_tables_beside_it_by_their_content(write, tmp_path):
    pairs, out = write("pairs", PAIRS), tmp_path / "out"
    for labels in (write("labels", LABELS), None):  # the second has fewer tables than the first
        audit(pairs, labels, out, Settings(2))
        keys = json.loads((out / "summary.json").read_text())["provenance"]["content_keys"]
        found = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.glob("*.parquet")}
        assert keys == found


def test_help_teaches(call):
    code, out, _ = call(app, "audit", "--help")
    assert code == 0
    assert "pairbounds audit pairs.parquet --labels labels.parquet" in " ".join(out.split())
