"""`python by_hand.py FOLDER K`: α_T and the K + 1 leading singular values of the tables in a folder.

What a user would write with pandas and scipy in place of `check`, `audit` and `choose`.
"""

import sys
from pathlib import Path

import pandas as pd
import scipy.sparse as sp
import scipy.sparse.linalg

TOLERANCE = 1e-3  # of svds, as in the benchmark of the spectrum


def main(folder: Path, k: int) -> None:
    labels = pd.read_parquet(folder / "labels.parquet")
    for table in sorted(folder.glob("pairs*.parquet")):
        pairs = pd.read_parquet(table)
        by_class = pairs.merge(labels, on="image").groupby(["caption", "label"])["weight"].sum()
        mass = by_class.groupby("caption").transform("sum")
        (rows, images), (columns, captions) = (pd.factorize(pairs[side]) for side in ("image", "caption"))
        weights = pairs["weight"] / pairs["weight"].sum()
        joint = sp.csr_array(sp.coo_array((weights, (rows, columns)), shape=(len(images), len(captions))))
        left, right = (sp.diags_array(1 / joint.sum(axis=axis) ** 0.5) for axis in (1, 0))
        values = scipy.sparse.linalg.svds(left @ joint @ right, k + 1, tol=TOLERANCE, return_singular_vectors=False)
        print(1 - float((by_class**2 / mass).sum() / by_class.sum()), values)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
