"""Tables as strangers write them: four formats, columns of any name, and faults in one line."""

import json

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.real_data.audit import Columns
from pairbounds.real_data.audit.counting import count_here

SUFFIXES = ("parquet", "csv", "tsv", "jsonl")


def write(frame: pd.DataFrame, path):
    """As pandas does it."""
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.fixture
def stranger():
    """A crawl: text with quotes and line ends, a column of dates until it has others, and more."""
    rng = np.random.default_rng(0)
    images, texts = rng.integers(40, size=300), rng.integers(25, size=300)
    return pd.DataFrame(
        {
            "NSFW": "UNLIKELY",
            "url": [f"http://a.b/{i}.jpg?x=1&y=2" for i in images],
            "TEXT": ["2020-01-01" if t < 5 else f'a "cat", no. {t}\nand a dog' for t in texts],
            "n": rng.integers(1, 4, size=300),
            "kind": [("cats", "dogs", "owls")[i % 3] for i in images],
            "sim": rng.random(300).round(6),
        }
    )


ODD = Columns(image="url", caption="TEXT", weight="n", label="kind", similarity="sim")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_comes_to_what_pandas_has(tmp_path, stranger, suffix):
    path = write(stranger, tmp_path / f"crawl.{suffix}")
    counted = count_here(path, path, ODD)
    expected = PairGraph.from_pairs(stranger["url"], stranger["TEXT"], stranger["n"], stranger["kind"].to_numpy())
    entries = counted.pairs.graph.joint.tocoo()
    images, captions = counted.names.images.to_pylist(), counted.names.captions.to_pylist()
    found = {(images[i], captions[j]): p for i, j, p in zip(*entries.coords, entries.data, strict=True)}
    wanted = expected.joint.tocoo()
    assert found == pytest.approx(
        {(expected.left_ids[i], expected.right_ids[j]): p for i, j, p in zip(*wanted.coords, wanted.data, strict=True)}
    )
    means = stranger.groupby(["url", "TEXT"])["sim"].mean()
    similar = counted.similarities.tocoo()
    assert {
        (images[i], captions[j]): s for i, j, s in zip(*similar.coords, similar.data, strict=True)
    } == pytest.approx(means.to_dict())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_command_takes_odd_names_and_says_what_it_read(call, tmp_path, stranger, suffix):
    pairs = write(stranger.drop(columns="kind"), tmp_path / f"pairs.{suffix}")
    classes = stranger[["url", "kind"]].drop_duplicates().rename(columns={"url": "image", "kind": "species"})
    labels = write(classes, tmp_path / f"classes.{SUFFIXES[SUFFIXES.index(suffix) - 1]}")
    words = ["--image-col", "url", "--caption-col", "TEXT", "--weight-col", "n", "--label-col", "species", "--k", 3]
    code, out, err = call(app, "audit", pairs, "--labels", labels, *words, "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    assert "pairs: read image url, caption TEXT, weight n; ignored NSFW, sim" in out
    assert "labels: read image image, label species; ignored none" in out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["columns"]["pairs"] == {"image": "url", "caption": "TEXT", "weight": "n", "ignored": ["NSFW", "sim"]}


def test_known_names_need_no_option_and_labels_may_lie_with_the_pairs(call, tmp_path, stranger):
    pairs = write(stranger, tmp_path / "pairs.tsv")
    code, out, _ = call(app, "audit", pairs, "--label-col", "kind", "--k", 3, "--out", tmp_path / "out")
    assert code == 0
    assert "pairs: read image url, caption TEXT; ignored NSFW, n, kind, sim" in out
    assert "3 classes" in out


def test_a_folder_of_lines_is_one_table(tmp_path, stranger):
    (tmp_path / "parts").mkdir()
    for number, start in enumerate(range(0, 300, 100)):
        write(stranger[start : start + 100], tmp_path / "parts" / f"{number}.jsonl")
    whole = write(stranger, tmp_path / "whole.jsonl")
    joints = [count_here(path, None).pairs.graph.joint for path in (tmp_path / "parts", whole)]
    assert abs(joints[0] - joints[1]).max() < 1e-15


SMALL = {"image": [1, 2, 3], "caption": ["a", "b", "a"]}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("columns", "words", "message"),
    [
        ({"weight": ["1", "two", "3"]}, [], "weight"),
        ({"weight": [1, None, 3]}, [], "row 1 of {} has no weight"),
        ({"caption": ["a", None, "b"]}, [], "row 1 of {} has no caption"),
        ({"image": [None, 1, 2]}, [], "row 0 of {} has no image"),
        ({}, ["--label-col", "kind"], "{} has no column kind, only image, caption"),
        ({}, ["--caption-col", "TEXT"], "{} has no column TEXT, only image, caption"),
        ({}, ["--caption-col", "image"], "column image of {} cannot hold both image and caption"),
        ({"label": ["x", "x", "x"]}, ["--label-col", "label"], "{} gives every image the same label, x"),
        ({"label": [None, None, None]}, ["--label-col", "label"], "{} has no label in any row"),
    ],
)
def test_faults_are_one_line_in_every_format(call, tmp_path, suffix, columns, words, message):
    path = write(pd.DataFrame(SMALL | columns), tmp_path / f"pairs.{suffix}")
    code, _, err = call(app, "audit", path, *words, "--k", 1, "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert message.format(path) in err
