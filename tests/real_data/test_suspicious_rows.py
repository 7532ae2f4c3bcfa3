"""Suspicious rows against counts by definition and planted errors; the cleaned table, cell by cell."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from pairbounds import LatentWorld, suspicious_rows
from pairbounds.__main__ import app
from pairbounds.real_data.audit.noise_trials import exchanged
from pairbounds.real_data.audit.suspicious_rows import DROPPED, judged_pairs
from tests.families import ANY_SEED


@given(seed=ANY_SEED)
def test_counts_follow_their_definitions(seed):
    rng = np.random.default_rng(seed)
    has = rng.random((9, 7)) < 0.5
    (images, captions), labels = np.nonzero(has), rng.integers(-1, 3, size=9)
    labelled = labels[images[labels[images] >= 0]]
    for x, caption, row in zip(images, captions, judged_pairs(images, captions, labels).itertuples(), strict=True):
        is_other = np.arange(9) != x
        around = has[:, caption] & is_other
        votes = labels[around & (labels >= 0) & (labels[x] >= 0)]
        beside = has[:, has[x] & (np.arange(7) != caption)] & is_other[:, None]
        assert (row.others, row.same) == (len(votes), np.sum(votes == labels[x]))
        assert row.same_by_chance == pytest.approx(np.sum(labelled == labels[x]) / max(1, len(labelled)) * len(votes))
        assert row.paths == beside[around].sum()
        assert row.paths_by_chance == pytest.approx(beside.sum() * around.sum() / max(1, len(set(images)) - 1))
        ratios = [(row.same + 0.5) / (row.same_by_chance + 0.5), (row.paths + 0.5) / (row.paths_by_chance + 0.5)]
        assert row.support == pytest.approx(np.minimum(1, ratios).prod())


def planted(seed: int, share: float) -> tuple[pd.DataFrame, np.ndarray]:
    """A caption table of a world with exchanged captions, and which rows are wrong."""
    graph = LatentWorld(n_classes=5, n_styles=4, seed=seed).caption_graph(detail=0.3)
    images, captions = graph.joint.tocoo().coords
    wrong = exchanged(captions, share, np.random.default_rng(seed))
    names = {"image": images, "caption": wrong, "label": graph.left_labels[images]}
    table = pd.DataFrame({name: [f"{name} {number:03}" for number in numbers] for name, numbers in names.items()})
    return table, wrong != captions


@pytest.mark.parametrize("columns", [["image", "caption", "label"], ["image", "caption"]])
def test_planted_rows_are_found_far_more_often_than_by_chance(tmp_path, columns):
    for seed in range(3):
        table, wrong = planted(seed, 0.1)
        table[columns].to_csv(tmp_path / "pairs.csv", index=False)
        rows = suspicious_rows(tmp_path / "pairs.csv")
        top = wrong[rows["row"][: wrong.sum()]]
        assert top.mean() > 5 * wrong.mean()
        assert (np.diff(rows["support"]) >= 0).all()
        assert (rows["drop"] == (rows["support"] < DROPPED)).all()
        assert ("label" in rows) == ("label" in columns)
        named = table.iloc[rows["row"]].reset_index(drop=True)
        assert (rows[["image", "caption"]] == named[["image", "caption"]]).all(axis=None)


def test_a_clean_table_loses_nothing(tmp_path):
    table, wrong = planted(0, 0.0)
    table.to_csv(tmp_path / "pairs.csv", index=False)
    rows, sizes = suspicious_rows(tmp_path / "pairs.csv"), table.groupby("caption")["image"].transform("nunique")
    assert (wrong.any(), rows["drop"].any(), rows.attrs["not_judged"]) == (False, False, (sizes == 1).sum())


def test_the_cleaned_table_has_all_columns_types_and_cells_of_the_rows_it_keeps(call, tmp_path):
    table, _ = planted(1, 0.1)
    source = pa.Table.from_pandas(
        table.assign(
            image=table["image"].str[-3:].replace("001", "NA"),
            number=pd.array(np.arange(len(table)), dtype="Int32"),
            kind=pd.Categorical(table["label"]),
            score=np.where(np.arange(len(table)) % 7 == 0, np.nan, 0.5).astype(np.float32),
        )
    ).append_column("list", pa.array([[1, 2]] * len(table)))
    pq.write_table(source, tmp_path / "pairs.parquet", row_group_size=400)
    source, before = pq.read_table(tmp_path / "pairs.parquet"), (tmp_path / "pairs.parquet").read_bytes()
    words = [
        "--k",
        4,
        "--out",
        tmp_path / "out",
        "--rows",
        tmp_path / "rows.csv",
        "--clean",
        tmp_path / "clean.parquet",
    ]
    code, out, err = call(app, "audit", tmp_path / "pairs.parquet", *words)
    assert (code, err) == (0, "")
    cleaned, rows = pq.read_table(tmp_path / "clean.parquet"), pd.read_csv(tmp_path / "rows.csv", dtype=str)
    gone = rows.loc[rows["drop"] == "True", "row"].astype(int)
    assert len(gone) > 0
    assert cleaned.equals(source.take(np.setdiff1d(np.arange(len(table)), gone)), check_metadata=True)
    assert f"{cleaned.num_rows:,} of {len(table):,} rows; left out are the {len(gone)}" in out
    assert (tmp_path / "pairs.parquet").read_bytes() == before


def test_a_text_is_cleaned_without_a_change_of_its_cells(call, tmp_path):
    table, _ = planted(1, 0.1)
    table = table.assign(image=table["image"].str[-3:], note='NA, "01"', empty="")
    table.to_csv(tmp_path / "pairs.csv", index=False)
    for name in ("clean.csv", "clean.parquet"):
        words = ["--k", 4, "--out", tmp_path / "out", "--clean", tmp_path / name]
        assert call(app, "audit", tmp_path / "pairs.csv", *words, "--json")[1].count("\n") == 1
    of_csv = pd.read_csv(tmp_path / "clean.csv", dtype=str, keep_default_na=False)
    of_parquet = pd.read_parquet(tmp_path / "clean.parquet")
    drop = suspicious_rows(tmp_path / "pairs.csv").query("drop")["row"]
    expected = table.drop(index=drop).reset_index(drop=True)
    pd.testing.assert_frame_equal(of_csv, expected, check_dtype=False)
    pd.testing.assert_frame_equal(of_parquet, expected, check_dtype=False)


def test_types_that_would_be_lost_are_refused(refused, tmp_path):
    table, _ = planted(0, 0.1)
    table.to_json(tmp_path / "pairs.jsonl", orient="records", lines=True)
    table.to_parquet(tmp_path / "pairs.parquet")
    for name, fault in (("pairs.jsonl", "needs Parquet, CSV or TSV"), ("pairs.parquet", "ends in .parquet")):
        words = ["--k", 4, "--out", tmp_path / "out", "--clean", tmp_path / "clean.csv"]
        assert fault in refused(app, "audit", tmp_path / name, *words)
