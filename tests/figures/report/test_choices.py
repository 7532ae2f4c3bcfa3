"""The section of a choice: the answer, and a row for each candidate, from a table in any format."""

import numpy as np
import pandas as pd
import pytest

from pairbounds.__main__ import app
from pairbounds.figures.report.runs import Runs
from tests.figures.report.reading import require_sound


@pytest.mark.parametrize(("name", "count"), [("chosen.csv", 120), ("chosen.parquet", 60)])
def test_a_choice_is_reported_by_its_sentence_and_its_intervals(call, tmp_path, monkeypatch, name, count):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 200)
    np.save("good <b>.npy", rng.standard_normal((200, 3)) + 3 * labels[:, None])
    np.save("noise.npy", rng.standard_normal((200, 3)))
    pd.DataFrame({"image": range(count), "label": labels[:count]}).to_csv("labels.csv", index=False)
    words = ["choose", "good <b>.npy", "noise.npy", "--labels", "labels.csv", "--random", "--k", "2,3", "--out", name]
    assert call(app, *words)[0] == 0
    (section,) = Runs([tmp_path / name]).sections
    table = section.tables[0].frame
    assert table["candidate"].tolist() == ["good <b>", "good <b>", "noise", "noise"]
    assert section.verdict.startswith("Take good <b>" if count == 120 else "good <b> (k = 2) is the first of 2 by 60")
    assert table["worse by"].str.contains("[", regex=False).all() == (count == 120)
    assert call(app, "report", name, "--out", "report.html")[0] == 0
    assert section.verdict in require_sound((tmp_path / "report.html").read_text(encoding="utf-8")).text("main")
