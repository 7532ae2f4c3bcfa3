"""Comparison of all pairings on one data set, over parallel draws of images, as tables for figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from scipy.stats import gmean

from pairbounds.real_data.image_settings import ImageSettings
from pairbounds.real_data.measures.caption_verdict import verdict_lines, verdicts
from pairbounds.real_data.measures.comparison import Comparison, Draw
from pairbounds.real_data.measures.drawn import measure_draw
from pairbounds.real_data.measures.protocol import CONVENTIONS, Convention, Protocol
from pairbounds.real_data.pairings.image_draws import draw_images, on_draws
from pairbounds.real_data.pairings.pairing import EXACT, IMAGES, TEXTS, UNNAMED
from pairbounds.real_data.pairings.sources import Source
from pairbounds.sweeps import Study

TABLES = ("pairings_frontier", "pairings_matched", "pairings_difference", "pairings_verdict")
Compared = Mapping[Convention, Comparison]


@dataclass(frozen=True)
class PairingsSettings(Protocol, ImageSettings):
    """Images, and the protocol of their pairings."""

    def __post_init__(self) -> None:
        Protocol.__post_init__(self)
        ImageSettings.__post_init__(self)

    def input_keys(self) -> Mapping[str, object]:
        """See `ImageSettings`. `ValueError`: one draw takes all images, and none are left for comparison."""
        source, count = self.source(), self.total_images
        first, *more = draw_images(source, count, self.draws, np.random.default_rng(0))
        if len(first) == len(source.dataset) and not more:
            raise ValueError(
                f"total_images={count} puts all {len(first)} images into one draw, and leaves none to compare them "
                "with: take draws=2, or fewer images"
            )
        return super().input_keys()


def measure(settings: PairingsSettings, seed: int) -> dict[str, pd.DataFrame]:
    """Every pairing on every draw of images of a data set; see `pairings_tables`."""
    return pairings_tables(settings.source(), settings, seed, settings.jobs)


def pairings_tables(source: Source, protocol: Protocol, seed: int, jobs: int = 1) -> dict[str, pd.DataFrame]:
    """Every pairing on every draw of images.

    `ValueError`: a data set too small for the protocol.

    Returns
    -------
    pairings_frontier : consistency and diversity of every pairing in every draw at every temperature
    pairings_matched : consistency, corrected for chance, of every pairing at every matched diversity, over the draws
    pairings_difference : consistency of captions, and of the control without text, minus that of every other pairing
    pairings_verdict : verdicts in words
    """
    results = on_draws(
        partial(measure_draw, source, protocol), source, protocol.total_images, protocol.draws, seed, jobs
    )
    frontier = pd.concat([draw.frontier for draw in results], ignore_index=True)
    families: dict[str, str] = dict(zip(frontier["pairing"], frontier["family"], strict=True))
    rng = np.random.default_rng(seed)
    compared = {convention: Comparison([draw.draws[convention] for draw in results], rng) for convention in CONVENTIONS}
    difference = _differences(compared, families, protocol)
    if difference.empty:
        raise ValueError("no two pairings reach a common diversity: take more images, or other diversities")
    tables = (
        frontier,
        _matched(compared, families, protocol),
        difference,
        verdicts(difference, source.dataset.named_by_captions),
    )
    return dict(zip(TABLES, tables, strict=True))


def _places(draws: Sequence[Draw], protocol: Protocol) -> dict[str, list[float]]:
    """Diversities of the comparison: those of the protocol, and for each draw that of the exact captions."""
    exact = [float(draw.frontiers[EXACT].effective_positives[0]) for draw in draws]
    return {f"{level:g}": [level] * len(draws) for level in protocol.diversities} | {EXACT: exact}


def _cells(compared: Compared, protocol: Protocol) -> Iterator[tuple[Comparison, dict[str, str], list[float]]]:
    for convention, comparison in compared.items():
        for evaluator, (place_name, levels) in product(
            comparison.draws[0].chance, _places(comparison.draws, protocol).items()
        ):
            yield comparison, {"evaluator": evaluator, **convention._asdict(), "matched_to": place_name}, levels


def _matched(compared: Compared, families: Mapping[str, str], protocol: Protocol) -> pd.DataFrame:
    rows = []
    for comparison, cell, levels in _cells(compared, protocol):
        for pairing, family in families.items():
            estimate = comparison.consistency(pairing, cell["evaluator"], levels)
            if estimate is not None:
                named = {"pairing": pairing, "family": family, "diversity": gmean(levels)}
                rows.append(cell | named | asdict(estimate))
    return pd.DataFrame(rows)


def _differences(compared: Compared, families: Mapping[str, str], protocol: Protocol) -> pd.DataFrame:
    rows = []
    for comparison, cell, levels in _cells(compared, protocol):
        for first, (second, family) in product((EXACT, UNNAMED, TEXTS, IMAGES), families.items()):
            if first == second or first not in families:
                continue
            estimate = comparison.difference(first, second, cell["evaluator"], levels)
            if estimate is not None:
                named = {"first": first, "second": second, "family": family, "diversity": gmean(levels)}
                rows.append(cell | named | asdict(estimate))
    return pd.DataFrame(rows)


STUDY = Study(
    question="Are pairs by captions more consistent than equally diverse pairs by augmentations?",
    settings=PairingsSettings,
    measure=measure,
    tables=TABLES,
    small={"total_images": 160, "draws": 2, "views": 2, "anchors": 200, "strengths": (1.0,)},
    summary=lambda tables, _: verdict_lines(tables["pairings_verdict"]),
)
