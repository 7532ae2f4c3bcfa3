"""The comparison of all arms on one data set: draws of images side by side, into the tables that figures read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from scipy.stats import gmean
from tqdm import tqdm

from real_data.arms.drawing import draw_images
from real_data.arms.material import EXACT, IMAGES, TEXTS
from real_data.arms.sources import Source
from real_data.measures.comparison import Comparison, Draw
from real_data.measures.drawn import Drawn, measure_draw
from real_data.measures.protocol import READINGS, Protocol, Reading
from real_data.measures.verdict import verdict
from theory.infrastructure.arrays import IntArray
from theory.infrastructure.processes import side_by_side

Compared = Mapping[Reading, Comparison]


def arms_tables(source: Source, protocol: Protocol, jobs: int = 1) -> dict[str, pd.DataFrame]:
    """Every arm on every draw of images.

    Returns
    -------
    arms_frontier : consistency and diversity of every arm in every draw at every temperature
    arms_matched : consistency, corrected for chance, of every arm at every matched diversity, over the draws
    arms_difference : by how much captions, and the control without text, are more consistent than every other arm
    arms_verdict : what that allows one to say, in words
    arms_learned : bounds and errors of the optimal embedding of every arm's graph, in every draw
    arms_confusion : how often a view is nearest to a view of another image (ACR, and ARC), in every draw
    arms_pairs : positives of a few anchors, as pictures

    Raises
    ------
    ValueError
        A data set too small for the protocol.
    """
    chosen = draw_images(source, protocol.images, protocol.draws, np.random.default_rng(protocol.seed))
    source.encoder_without(chosen[0])  # what all draws need is in the cache before they ask for it at once
    with side_by_side(partial(_measured, source, protocol), enumerate(chosen), jobs) as results:
        found: list[Drawn] = list(tqdm(results, total=len(chosen), desc="draws of images", unit="draw"))
    frontier = pd.concat([one.frontier for one in found], ignore_index=True)
    families: dict[str, str] = dict(zip(frontier["arm"], frontier["family"], strict=True))
    rng = np.random.default_rng(protocol.seed)
    compared = {reading: Comparison([one.draws[reading] for one in found], rng) for reading in READINGS}
    difference = _differences(compared, families, protocol)
    if difference.empty:
        raise ValueError("no two arms are ever as diverse as each other at the diversities asked for: take more images")
    return {
        "arms_frontier": frontier,
        "arms_matched": _matched(compared, families, protocol),
        "arms_difference": difference,
        "arms_verdict": _verdicts(difference),
        "arms_learned": pd.concat([one.learned for one in found], ignore_index=True),
        "arms_confusion": pd.concat([one.confusion for one in found], ignore_index=True),
        "arms_pairs": found[0].pairs,
    }


def _measured(source: Source, protocol: Protocol, draw: tuple[int, IntArray]) -> Drawn:
    return measure_draw(source, protocol, *draw)


def _places(draws: Sequence[Draw], protocol: Protocol) -> dict[str, list[float]]:
    """Where arms are compared: the diversities of the protocol, and, draw by draw, that of the exact captions."""
    own = [float(draw.frontiers[EXACT].effective_positives[0]) for draw in draws]
    return {f"{level:g}": [level] * len(draws) for level in protocol.diversities} | {EXACT: own}


def _cells(compared: Compared, protocol: Protocol) -> Iterator[tuple[Comparison, dict[str, str], list[float]]]:
    for reading, comparison in compared.items():
        for judge, (place, levels) in product(comparison.draws[0].chance, _places(comparison.draws, protocol).items()):
            yield comparison, {"judge": judge, **reading._asdict(), "matched_to": place}, levels


def _matched(compared: Compared, families: Mapping[str, str], protocol: Protocol) -> pd.DataFrame:
    rows = []
    for comparison, about, levels in _cells(compared, protocol):
        for arm, family in families.items():
            found = comparison.consistency(arm, about["judge"], levels)
            if found is not None:
                rows.append(about | {"arm": arm, "family": family, "diversity": gmean(levels)} | asdict(found))
    return pd.DataFrame(rows)


def _differences(compared: Compared, families: Mapping[str, str], protocol: Protocol) -> pd.DataFrame:
    rows = []
    for comparison, about, levels in _cells(compared, protocol):
        for first, (second, family) in product((EXACT, TEXTS, IMAGES), families.items()):
            found = None if first == second else comparison.difference(first, second, about["judge"], levels)
            if found is not None:
                named = {"first": first, "second": second, "family": family, "diversity": gmean(levels)}
                rows.append(about | named | asdict(found))
    return pd.DataFrame(rows)


def _verdicts(differences: pd.DataFrame) -> pd.DataFrame:
    about = ["judge", *Reading._fields]
    rows = []
    for key, group in differences.groupby(about, sort=False):
        for captions in (EXACT, TEXTS):
            at = group if captions == EXACT else group[group["matched_to"] != EXACT]
            if captions in set(at["first"]):
                rows.append((*key, captions, verdict(at, captions, IMAGES)))
    return pd.DataFrame(rows, columns=[*about, "captions", "verdict"])
