"""`pairbounds metrics` on files that a stranger has, and what the field's own traps come to."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.theory.quantities.metrics import metrics
from pairbounds.theory.quantities.metrics.files import read_classes, read_features, read_pairs

N, WIDTH = 24, 4
SAMPLES = np.repeat(np.arange(8), 3)
PAIRS = np.array([[0, 1], [4, 2], [7, 8], [0, 9], [20, 21]])


def features(seed=0):
    rng = np.random.default_rng(seed)
    return np.repeat(rng.standard_normal((N // 3, WIDTH)), 3, axis=0) + 0.4 * rng.standard_normal((N, WIDTH))


def measured(call, folder, *arguments):
    out = folder / "measured.csv"
    code, _, err = call(app, "metrics", *arguments, "--out", out, "--force")
    assert code == 0, err
    return pd.read_csv(out).set_index("metric")


def refused(call, *arguments):
    code, out, err = call(app, "metrics", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1), err
    return err


@pytest.fixture
def place(tmp_path):
    np.save(tmp_path / "f.npy", features())
    pd.DataFrame(PAIRS, columns=["first", "second"]).to_csv(tmp_path / "pairs.csv", index=False)
    return tmp_path


FEATURE_FILES = {
    "f.npy": lambda path, f: np.save(path, f),
    "named.npz": lambda path, f: np.savez(path, features=f, names=np.arange(3)),
    "f.pt": lambda path, f: torch.save(torch.tensor(f), path),
    "f.csv": lambda path, f: np.savetxt(path, f, delimiter=","),
    "f.parquet": lambda path, f: pd.DataFrame(f, columns=list("abcd")).to_parquet(path),
    "vectors.parquet": lambda path, f: pd.DataFrame({"embedding": list(f)}).to_parquet(path),
}


@pytest.mark.parametrize("name", FEATURE_FILES)
def test_features_of_any_file(name, tmp_path):
    FEATURE_FILES[name](tmp_path / name, features())
    np.testing.assert_allclose(read_features(tmp_path / name).rows, features(), atol=1e-9)


def test_half_precision_and_ids(tmp_path):
    torch.save(torch.tensor(features(), dtype=torch.bfloat16), tmp_path / "f.pt")
    np.testing.assert_allclose(read_features(tmp_path / "f.pt").rows, features(), rtol=0.01)
    names = [f"img{i}.png" for i in range(N)]
    pd.DataFrame(features()).assign(path=names).rename(columns=str).to_parquet(tmp_path / "f.parquet")
    pd.DataFrame({"path": names, "clip": list(features())}).to_parquet(tmp_path / "v.parquet")
    pd.DataFrame({"image": names, "caption": SAMPLES}).to_csv(tmp_path / "pairs.csv", index=False)
    pd.DataFrame({"image": names[:9], "label": SAMPLES[:9]}).to_csv(tmp_path / "labels.csv", index=False)
    for found in (read_features(tmp_path / "f.parquet"), read_features(tmp_path / "v.parquet")):
        assert (found.ids, found.rows.shape) == (names, (N, WIDTH))
        assert sorted(read_pairs(tmp_path / "pairs.csv", found).pairs.left_ids.tolist()) == list(range(N))
        assert read_classes(tmp_path / "labels.csv", found).tolist() == [*map(str, SAMPLES[:9]), *(N - 9) * [None]]


def test_weights_of_pairs_are_used_and_other_columns_named(call, place):
    weights = np.array([1, 0, 3, 1, 2])
    pairs = pd.DataFrame(PAIRS, columns=["first", "second"]).assign(weight=weights)
    pairs.to_csv(place / "weighted.csv", index=False)
    repeated = pairs.loc[np.repeat(pairs.index, weights), ["first", "second"]]
    repeated.to_csv(place / "repeated.csv", index=False)
    weighted, listed = (
        measured(call, place, place / "f.npy", "--pairs", place / f"{name}.csv") for name in ("weighted", "repeated")
    )
    expected = metrics(features(), pairs=np.repeat(PAIRS, weights, axis=0))["value"]
    for found in (weighted, listed):
        np.testing.assert_allclose(found["value"], expected, rtol=1e-12)
    pairs.assign(second=0, time=1).rename(columns={"first": "image", "second": "caption"}).to_csv(
        place / "captions.csv", index=False
    )
    code, out, _ = call(app, "metrics", place / "f.npy", "--pairs", place / "captions.csv")
    assert code == 0
    assert "read as a list of pairs (left: image, right: caption, weight: weight); ignored: time\n" in out
    pairs.assign(weight="much").to_csv(place / "text.csv", index=False)
    assert "row 0 of" in refused(call, place / "f.npy", "--pairs", place / "text.csv")


PAIR_FILES = {
    "p.csv": lambda path: pd.DataFrame(PAIRS, columns=["view", "other view"]).to_csv(path, index=False),
    "bare.tsv": lambda path: np.savetxt(path, PAIRS[::-1], fmt="%d", delimiter="\t"),
    "p.parquet": lambda path: pd.DataFrame(PAIRS, columns=["left", "right"]).assign(time=0.5).to_parquet(path),
    "p.npy": lambda path: np.save(path, PAIRS),
}


@pytest.mark.parametrize("name", PAIR_FILES)
def test_pairs_of_rows(name, call, place):
    PAIR_FILES[name](place / name)
    table = measured(call, place, place / "f.npy", "--pairs", place / name)
    expected = metrics(features(), pairs=PAIRS)
    np.testing.assert_allclose(table["value"], expected["value"])
    assert table["definition"].tolist() == expected["definition"].tolist()


SAMPLE_FILES = {
    "p.csv": lambda path: pd.DataFrame({"image": range(N), "caption": [f"c{s}" for s in SAMPLES]}).to_csv(path),
    "urls.parquet": lambda path: pd.DataFrame({"URL": range(N), "TEXT": SAMPLES}).to_parquet(path),
    "one.csv": lambda path: pd.DataFrame({"sample": [f"s{s}" for s in SAMPLES]}).to_csv(path, index=False),
    "p.npy": lambda path: np.save(path, SAMPLES),
    "p.npz": lambda path: sp.save_npz(path, sp.csr_array(np.eye(8)[SAMPLES])),
    "graph.npz": lambda path: PairGraph(np.eye(8)[SAMPLES], left_ids=[f"i{i}" for i in range(N)]).save(path),
}


@pytest.mark.parametrize("name", SAMPLE_FILES)
def test_rows_that_share_something(name, call, place):
    SAMPLE_FILES[name](place / name)
    table = measured(call, place, place / "f.npy", "--pairs", place / name)
    np.testing.assert_allclose(table["value"], metrics(features(), pairs=SAMPLES)["value"])


def test_two_files_are_paired_row_by_row(call, tmp_path):
    for number, name in enumerate(("images.npy", "texts.npy")):
        np.save(tmp_path / name, features(number))
    pd.DataFrame({"label": SAMPLES % 2}).to_csv(tmp_path / "labels.csv", index=False)
    files = [tmp_path / "images.npy", tmp_path / "texts.npy"]
    table = measured(call, tmp_path, *files, "--labels", tmp_path / "labels.csv")
    first, second = (f / np.linalg.norm(f, axis=1, keepdims=True) for f in (features(0), features(1)))
    assert table.loc["alignment", "value"] == pytest.approx(np.mean(np.sum((first - second) ** 2, axis=1)))
    assert 0 < table.loc["class_collapse", "value"] < 1
    assert "leave out --pairs" in refused(call, *files, "--pairs", files[0])


def test_what_is_printed(call, place):
    np.save(place / "samples.npy", SAMPLES)
    code, out, _ = call(app, "metrics", place / "f.npy", "--pairs", place / "samples.npy")
    assert code == 0
    assert f"{N} rows of width {WIDTH}, each divided by its norm but for RankMe; {N} positive pairs" in out
    expected = metrics(features(), pairs=SAMPLES)["value"]
    assert all(name in out and f"{value:.6g}" in out for name, value in expected.items())
    assert "Wang and Isola 2020" in out


def test_a_batch_of_two_has_a_finite_uniformity(call, tmp_path):
    np.save(tmp_path / "two.npy", [[2.0, 0.0], [0.0, 3.0]])
    np.save(tmp_path / "pairs.npy", [[0, 1]])
    table = measured(call, tmp_path, tmp_path / "two.npy", "--pairs", tmp_path / "pairs.npy")
    assert table.loc["uniformity", "value"] == pytest.approx(np.log((1 + np.exp(-4)) / 2))


BAD_FEATURES = {
    "f.txt": (lambda path: path.write_text("1 2"), "features are read from one of these"),
    "flat.npy": (lambda path: np.save(path, np.ones(5)), "features are a matrix of numbers (n, k)"),
    "words.csv": (
        lambda path: pd.DataFrame({"a": ["x"], "b": ["y"]}).to_csv(path, index=False),
        "has a value in column 'b' that is no number",
    ),
    "many.npz": (lambda path: np.savez(path, a=np.eye(2), b=np.eye(2)), "it holds the arrays a, b"),
    "broken.npz": (lambda path: path.write_text("no archive"), "it is no archive of arrays"),
    "object.npy": (lambda path: np.save(path, np.array([{}], dtype=object)), "cannot be read as .npy"),
    "two.pt": (lambda path: torch.save({"a": torch.eye(2)}, path), "it holds no tensor alone"),
    "ragged.parquet": (lambda path: pd.DataFrame({"v": [[1.0], [1.0, 2.0]]}).to_parquet(path), "lengths 1 to 2"),
}


@pytest.mark.parametrize("name", BAD_FEATURES)
def test_features_that_cannot_be_read(name, call, place):
    write, says = BAD_FEATURES[name]
    write(place / name)
    assert says in refused(call, place / name, "--pairs", place / "pairs.csv")


BAD_PAIRS = {
    "far.csv": (lambda path: pd.DataFrame({"a": [0], "b": [N]}).to_csv(path, index=False), f"lack: '{N}' first"),
    "names.csv": (lambda path: pd.DataFrame({"a": ["x"], "b": ["y"]}).to_csv(path, index=False), "rows 0..23"),
    "hole.csv": (lambda path: pd.DataFrame({"a": [0, None], "b": [1, 2]}).to_csv(path, index=False), "row 1 of"),
    "three.csv": (
        lambda path: pd.DataFrame(np.eye(3), columns=list("abc")).to_csv(path),
        "give two that name the rows",
    ),
    "small.npz": (lambda path: sp.save_npz(path, sp.csr_array(np.eye(3))), "3 left nodes for 24 rows"),
    "alone.npz": (lambda path: sp.save_npz(path, sp.csr_array(np.eye(N))), "no two rows are a positive pair"),
    "pairs.doc": (lambda path: path.write_text("0 1"), "is read from one of these"),
}


@pytest.mark.parametrize("name", BAD_PAIRS)
def test_pairs_that_cannot_be_used(name, call, place):
    write, says = BAD_PAIRS[name]
    write(place / name)
    assert says in refused(call, place / "f.npy", "--pairs", place / name)


def test_other_mistakes(call, place):
    np.save(place / "wide.npy", np.ones((N, 9)))
    pd.DataFrame({"id": ["x"], "label": [0]}).to_csv(place / "labels.csv", index=False)
    pairs = ("--pairs", place / "pairs.csv")
    assert "--pairs is missing" in refused(call, place / "f.npy")
    assert "one width" in refused(call, place / "f.npy", place / "wide.npy")
    assert "a class for none of the 24 rows" in refused(call, place / "f.npy", *pairs, "--labels", place / "labels.csv")
