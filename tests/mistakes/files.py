"""The files that the mistakes are made with: what other programs wrote, damaged, or not what a command asks for."""

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.io
import scipy.sparse as sp

from pairbounds import PairGraph


def write(folder: Path) -> None:
    """Write all files."""
    rng = np.random.default_rng(0)
    joint = rng.random((12, 8))
    labels = np.repeat([0, 1, 2], 4)
    PairGraph(joint, labels, np.arange(8) % 3).save(folder / "graph.npz")
    PairGraph(joint).save(folder / "unlabelled.npz")
    _matrices(folder, joint)
    _tables(folder, rng)
    (folder / "notes.txt").write_text("My notes. They are not to be lost.\n")
    (folder / "thesis.csv").write_text("chapter,pages\n1,40\n")
    (folder / "pictures").mkdir()


def _matrices(folder: Path, joint: np.ndarray) -> None:
    np.save(folder / "cosines.npy", joint - 0.5)
    np.save(folder / "missing.npy", np.where(joint > 0.9, np.nan, joint))
    np.save(folder / "row.npy", joint * (np.arange(12) > 0)[:, None])
    sp.save_npz(folder / "matrix.npz", sp.csr_array(joint))
    scipy.io.mmwrite(folder / "matrix.mtx", sp.coo_array(joint))


def _tables(folder: Path, rng: np.random.Generator) -> None:
    pairs = pd.DataFrame(
        {
            "address": [f"{number}.png" for number in range(40)],
            "says": [f"text {number}" for number in rng.integers(12, size=40)],
            "n": rng.integers(1, 9, size=40),
        }
    )
    pairs.to_csv(folder / "web.csv", index=False)
    named = pairs.set_axis(["image", "caption", "weight"], axis="columns")
    named.to_csv(folder / "pairs.csv", index=False)
    named.assign(weight="many").to_csv(folder / "words.csv", index=False)
    classes = pd.DataFrame({"image": named["image"], "label": np.arange(40) % 4})
    classes.to_csv(folder / "labels.csv", index=False)
    np.save(folder / "few.npy", np.arange(5))
    named.to_parquet(folder / "pairs.parquet")
