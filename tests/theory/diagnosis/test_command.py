"""The command `diagnose`: files that belong together by row, by number or by id, what it prints, and bad files."""

import json

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph, diagnose
from pairbounds.__main__ import app
from pairbounds.infrastructure.tables import read_table

N = 90
TEXTS = np.random.default_rng(0).standard_normal((N, 8))
IMAGES = TEXTS + 0.3 * np.random.default_rng(1).standard_normal((N, 8))
IDS = [f"p{number:02}" for number in range(N)]
ORDER = np.random.default_rng(2).permutation(N)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("images.npy", IMAGES)
    np.save("texts.npy", TEXTS)
    np.savez("images.npz", features=IMAGES[ORDER], ids=np.array(IDS)[ORDER])
    np.savez("texts.npz", features=TEXTS, ids=IDS)
    pd.DataFrame(TEXTS, columns=list("abcdefgh")).assign(id=[f"t{name}" for name in IDS]).to_parquet("texts.parquet")
    pd.DataFrame({"image": IDS, "caption": [f"t{name}" for name in IDS]}).to_csv("ids.csv", index=False)
    pd.DataFrame({"image": np.arange(N), "caption": np.arange(N)}).to_csv("numbers.csv", index=False)
    pd.DataFrame({"id": IDS, "label": np.arange(N) % 3}).to_csv("labels.csv", index=False)
    (tmp_path / "rows.txt").write_text("\n".join(str(number % 3) for number in range(N)))
    np.savez("prompts.npz", features=TEXTS[[0, 1, 2, 3, 4, 5]], ids=["0", "1", "2", "0", "1", "2"])
    PairGraph(np.eye(N)).save("graph.npz")
    return tmp_path


@pytest.mark.parametrize(
    "files",
    [
        *("images.npy texts.npy", "images.npz texts.npz", "images.npy texts.npy --pairs numbers.csv"),
        *("images.npy texts.npy --pairs ids.csv", "images.npz texts.parquet --pairs ids.csv"),
        *("images.npy texts.npy --pairs graph.npz", "images.npz texts.npy --pairs ids.csv --labels labels.csv"),
        "images.npy texts.npy --labels rows.txt --prompts prompts.npz --before-head images.npy",
    ],
)
def test_rows_belong_together_by_row_by_number_and_by_id(call, files):
    code, out, err = call(app, "diagnose", *files.split(), "--batch", "32", "--json", "--all")
    rows = {row["symptom"]: row for row in json.loads(out)["rows"]}
    assert (code, err) == (0, "")
    expected = {finding.symptom: finding for finding in diagnose(IMAGES, TEXTS, batch=32).findings}
    assert rows["Retrieval"]["number"] == expected["Retrieval"].number
    assert rows["Pairs do not match"]["severity"] == 0
    assert ("Prompts" in rows) == ("--prompts" in files)


def test_a_fault_is_printed_first_and_written(call, place):
    np.save("shuffled.npy", TEXTS[ORDER])
    words = "images.npy shuffled.npy --labels rows.txt --batch 32 --out found.parquet"
    code, out, err = call(app, "diagnose", *words.split())
    assert (code, err) == (0, "")
    assert out.startswith("row i of both is a pair: 90 pairs of 90 images and 90 texts")
    assert "Collapse" not in out
    assert out.splitlines()[-1].startswith("Pairs do not match: Compare")
    table = read_table(place / "found.parquet")
    assert table["symptom"].iloc[0] == "Pairs do not match"
    assert "Collapse" in call(app, "diagnose", *words.split(), "--all")[1]
    assert "what it means" not in call(app, "diagnose", "images.npy", "texts.npy", "--batch", "32")[1]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ("images.npy few.npy", "images.npy has 90 rows, and few.npy 9: give --pairs"),
        ("images.npz few.npz", "89 ids are in one of images.npz and few.npz, 'p01' the first"),
        ("images.npy few.npy --pairs ids.csv", "few.npy has 9 rows without ids"),
        ("images.npz few.npz --pairs ids.csv", "90 of 90 nodes have no row"),
        (
            "images.npy texts.npy --pairs other.csv",
            "other.csv has the columns a, b: call two of them image and caption",
        ),
        ("images.npz texts.npz --labels stranger.csv", "stranger.csv has a class for 1 unknown images, 'q' the first"),
        ("images.npy texts.npy --labels few.npy", "few.npy has 9 classes for 90 images"),
        ("images.npy texts.npy --prompts texts.npy --labels rows.txt", "texts.npy has no classes"),
        ("images.npy texts.npy --batch 91", "batch=91, and there are 90 distinct pairs"),
        ("images.npy texts.npy --temperature 0", "temperature=0.0 is not a positive number"),
        ("images.npy texts.npy --out texts.csv", "texts.csv was not written by pairbounds"),
    ],
)
def test_bad_files_are_refused_and_kept(refused, place, files, why):
    np.save("few.npy", np.arange(9))
    np.savez("few.npz", features=TEXTS[:1], ids=["p00"])
    (place / "other.csv").write_text("a,b\nx,y\n")
    (place / "stranger.csv").write_text("id,label\nq,0\np01,1\n")
    (place / "texts.csv").write_text("mine")
    assert why in refused(app, "diagnose", *files.split())
    assert (place / "texts.csv").read_text() == "mine"
