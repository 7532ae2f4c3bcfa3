"""The command `diagnose`: files matched by row, by number or by id, its output, and bad files."""

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
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = {"images": IMAGES, "texts": TEXTS, "shuffled": TEXTS[ORDER], "few": np.arange(9)}
    for name, values in {**rows, "lines": IMAGES[[*range(N), *range(5)]]}.items():
        np.save(f"{name}.npy", values)
    np.savez("images.npz", features=IMAGES[ORDER], ids=np.array(IDS)[ORDER])
    np.savez("texts.npz", features=TEXTS, ids=IDS)
    np.savez("few.npz", features=TEXTS[:1], ids=["p00"])
    np.savez("prompts.npz", features=TEXTS[:6], ids=["0", "1", "2", "0", "1", "2"])
    captions = [f"t{name}" for name in IDS]
    pd.DataFrame(TEXTS, columns=list("abcdefgh")).assign(id=captions).to_parquet("texts.parquet")
    pairs = pd.DataFrame({"image": IDS, "caption": captions})
    pairs.to_csv("ids.csv", index=False)
    pd.concat([pairs, pairs[:5]]).to_csv("repeated.csv", index=False)
    pd.DataFrame({"image": np.arange(N), "caption": np.arange(N)}).to_csv("numbers.csv", index=False)
    pd.DataFrame({"image": ORDER, "caption": ORDER}).to_csv("order.csv", index=False)
    pd.DataFrame({"id": IDS, "label": np.arange(N) % 3}).to_csv("labels.csv", index=False)
    (tmp_path / "rows.txt").write_text("\n".join(str(number % 3) for number in range(N)))
    (tmp_path / "other.csv").write_text("a,b\nx,y\n")
    PairGraph(np.eye(N)).save("graph.npz")
    return tmp_path


@pytest.mark.parametrize(
    "files",
    [
        *("images.npy texts.npy", "images.npz texts.npz", "images.npy texts.npy --pairs numbers.csv"),
        *("images.npy texts.npy --pairs ids.csv", "lines.npy texts.parquet --pairs repeated.csv"),
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
    assert (("Probe" in rows), ("Prompts" in rows)) == ("--labels" in files, "--prompts" in files)


def test_a_fault_is_printed_first_and_written(call, folder):
    words = "images.npy shuffled.npy --labels rows.txt --batch 32 --out result.parquet"
    code, out, err = call(app, "diagnose", *words.split())
    assert (code, err, "Collapse" in out) == (0, "", False)
    assert out.startswith("row i of both is a pair: 90 pairs of 90 images and 90 texts")
    assert out.splitlines()[-1].startswith("Pairs do not match: Compare")
    assert read_table(folder / "result.parquet")["symptom"].iloc[0] == "Pairs do not match"
    assert "Collapse" in call(app, "diagnose", *words.split(), "--all")[1]
    assert "what it means" not in call(app, "diagnose", "images.npy", "texts.npy", "--batch", "32")[1]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ("images.npy few.npy", "images.npy has 90 rows, and few.npy 9: give --pairs"),
        ("few.npz texts.npz", "few.npz: 89 of 90 nodes have no row, 'p01' the first"),
        ("images.npy few.npy --pairs ids.csv", "few.npy has 9 rows without ids, and the pairs have 90 nodes"),
        ("images.npy texts.npy --pairs order.csv", "match by row number and by line, with different results"),
        ("images.npy texts.npy --pairs other.csv", "other.csv has the columns a, b: rename two of them to image"),
        ("images.npy texts.npy --pairs ids.csv --labels rows.txt", "rows.txt has classes without ids"),
        ("images.npy texts.npy --prompts texts.npy --labels rows.txt", "texts.npy has no classes"),
    ],
)
def test_bad_files_are_one_error_line(refused, files, why):
    assert why in refused(app, "diagnose", *files.split())
