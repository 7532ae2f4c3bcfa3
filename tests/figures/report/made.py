"""Runs of a user, with hostile names everywhere."""

import json
from itertools import product
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pairbounds import PairGraph, check_bounds
from pairbounds.infrastructure.pictures import save_picture
from pairbounds.infrastructure.tables import write_table
from pairbounds.real_data.audit import auditing
from pairbounds.real_data.audit.auditing import Settings, audit

# Texts that would break a page which does not escape them.
SCRIPT = "<script>document.title = 'taken'</script>"
MARKUP = "\"'><img src=x onerror=\"document.title = 'taken'\">"
RIGHT_TO_LEFT = "שלום \N{RIGHT-TO-LEFT OVERRIDE}olleh حصان"
LONG = "x" * 10_000
TEMPLATE = "{{ 7 * 7 }} {% raw %} </style> --> ]]>"
TEXTS = [SCRIPT, MARKUP, RIGHT_TO_LEFT, LONG, TEMPLATE]


def graph():
    """Two classes that a few pairs join."""
    weights = np.kron(np.eye(2), np.ones((4, 3))) + 0.05 * np.random.default_rng(0).random((8, 6))
    return PairGraph(weights, np.repeat([0, 1], 4), np.repeat([0, 1], 3))


def checks(folder: Path) -> None:
    """A table at one width, one at several, and one in which a bound is violated."""
    single, several = check_bounds(graph(), 2), check_bounds(graph(), [1, 2, 3])
    write_table(single, folder / "some name.csv", {"graph": MARKUP, "k": 2, "labels": SCRIPT, "plugin": LONG})
    write_table(several, folder / "widths.parquet", {"graph": "g.npz", "k": [1, 2, 3]})
    bad = single.assign(
        bound=single["bound"].replace({"probe-mse": SCRIPT, "probe-error": RIGHT_TO_LEFT}), note=TEMPLATE
    )
    bad.loc[bad["bound"].eq(SCRIPT), "holds"] = False
    write_table(bad, folder / "violated.parquet", {"graph": RIGHT_TO_LEFT, "k": 2})


def studies(folder: Path) -> None:
    """A sweep of a user's study, a study that a figure draws, and a table of another command."""
    noises, seeds = [0.0, 0.1], [0, 1, 2]
    rows = [
        {"noise": noise, "seed": seed, SCRIPT: MARKUP, "error": noise + seed / 10} for noise in noises for seed in seeds
    ]
    configuration = {"study": "this", "seeds": 3, "grid": [{"noise": noises}], "cells": 6, "failed": 0}
    configuration[TEMPLATE] = SCRIPT
    swept = folder / "swept"
    (swept / "cells").mkdir(parents=True)
    (swept / "cells" / "abc.this.def.parquet").write_bytes(b"of the sweep")
    write_table(pd.DataFrame(rows), swept / "table.parquet", configuration)
    rates = pd.DataFrame(
        [
            {"sweep": sweep, "seed": seed, "x": x, "mse": x + seed / 10}
            for sweep, seed, x in product(("labelling error", "gap"), seeds, np.geomspace(0.1, 0.5, 8))
        ]
    )
    write_table(rates, folder / "called otherwise.parquet", {"study": "rates", "seeds": seeds})
    write_table(pd.DataFrame({"metric": TEXTS, "value": 0.5}), folder / "metrics.csv", {"seed": 0})


def audited(folder: Path) -> None:
    """An audit of captions and labels that are hostile."""
    rng, names = np.random.default_rng(0), [*TEXTS, *(f"caption {number}" for number in range(6))]
    pairs = pd.DataFrame({"image": np.repeat(np.arange(20), 4), "caption": rng.choice(names, 80)})
    pairs.to_parquet(folder.parent / "pairs.parquet")
    labels = pd.DataFrame({"image": np.arange(20), "label": np.resize(TEXTS, 20)})
    labels.to_parquet(folder.parent / "labels.parquet")
    with patch.object(auditing, "draw", _draw_nothing):
        audit(folder.parent / "pairs.parquet", folder.parent / "labels.parquet", folder / "audit", Settings(k=3))


def _draw_nothing(_: object, out: Path) -> None:
    """Write an empty picture in place of the figure of an audit, which takes seconds with these names."""
    save_picture(Figure(figsize=(1, 1)), out / "audit.png")


def strangers(folder: Path) -> None:
    """Write files of other programs."""
    (folder / "notes.txt").write_text("mine")
    (folder / "theirs.csv").write_text("a,b\n1,2\n")
    (folder / "broken.parquet").write_bytes(b"nothing of the kind")
    (folder / "summary.json").write_text(json.dumps({"n_images": 3}))
