"""Rank correlations of predictors with errors, families of pairings, and resamples of both."""

from collections import Counter
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from pairbounds.figures.ranking import GUIDED, Ranking, family
from pairbounds.real_data.experiments.pairings import PAIRINGS

NAMES = ("labels", "labels, 20% noisy", "labels, 50% noisy", "words", "words, common", "words, a third")
RNG = np.random.default_rng(0)
ERRORS = RNG.integers(5, size=(2, 6, 2)) / 10  # with ties
INFINITE = np.where(RNG.random((1, 6, 2)) < 0.4, np.inf, RNG.random((1, 6, 2)))
PREDICTORS = {"tied": RNG.integers(3, size=(2, 6, 2)), "infinite": INFINITE, "constant": np.full((1, 6, 2), np.inf)}
RANKS = Ranking(NAMES, ERRORS, PREDICTORS)


def rho(name, split, rows=tuple(range(6))):
    """Spearman's ρ on one split, mean over the draws of a predictor."""
    errors = ERRORS.mean(axis=0)[[*rows], split]
    return np.mean([spearmanr(draw[[*rows], split], errors).statistic for draw in PREDICTORS[name]])


def test_correlations_are_spearmans_0_for_a_constant_and_none_where_a_value_is_missing():
    expected = {name: (rho(name, 0) + rho(name, 1)) / 2 for name in ("tied", "infinite")}
    assert RANKS.correlations == pytest.approx(expected | {"constant": 0})
    agreement = np.mean([spearmanr(*ERRORS[:, :, split]).statistic for split in (0, 1)])
    assert RANKS.agreement == pytest.approx(agreement)
    assert RANKS.ceiling == pytest.approx(2 * agreement / (1 + agreement))
    missing = np.where(np.arange(6)[:, None] == 2, np.nan, INFINITE)
    assert np.isnan(Ranking(NAMES, ERRORS, {"missing": missing}).correlations["missing"])
    some = RANKS.only([True, False, True, False, True, True])
    assert (some.names, some.families.tolist()) == ([NAMES[row] for row in (0, 2, 4, 5)], [0, 0, 1, 1])
    assert some.correlations["tied"] == pytest.approx(np.mean([rho("tied", split, (0, 2, 4, 5)) for split in (0, 1)]))


def test_every_pairing_has_its_family_with_and_without_views():
    counts = {"views": 1, "subject": 1, "style": 1, "any two": 1, "words": 7, "words, rare": 3, "text": 2, "look": 3}
    counts |= {"network": 1, "learned": 2, "labels": 4, "groups": 5, "groups alike": 5}
    assert Counter(map(family, PAIRINGS)) == counts
    assert all(name.replace("rare words", "words, rare").startswith(family(name)) for name in PAIRINGS)
    assert [family(GUIDED + name) for name in PAIRINGS] == [*map(family, PAIRINGS)]
    assert family("views + words, rare within classes") == "words, rare"
    assert family("subject + style") == "subject"


def test_resamples_draw_whole_families_and_splits():
    resamples = RANKS.resampled(np.random.default_rng(0), 200)["infinite"]
    families = [(0, 1, 2, 0, 1, 2), (0, 1, 2, 3, 4, 5), (3, 4, 5, 3, 4, 5)]
    by_split = [[rho("infinite", split, rows) for split in (0, 1)] for rows in families]
    expected = {round(np.mean(pair), 9) for values in by_split for pair in product(values, repeat=2)}
    assert set(resamples.round(9)) == expected
    errors = ERRORS + RNG.random((2, 6, 2))
    perfect = Ranking(NAMES, errors, {"perfect": errors.mean(axis=0, keepdims=True)})
    np.testing.assert_allclose(perfect.resampled(np.random.default_rng(0), 50), 1)
    alike = Ranking(NAMES[:3], ERRORS[:, :3, :1], {"tied": PREDICTORS["tied"][:, :3, :1]})
    assert np.ptp(alike.resampled(np.random.default_rng(0), 50)["tied"]) < 1e-12


def test_regret_is_the_error_of_the_choice_less_the_least_with_ties_shared():
    errors = np.array([[0.1, 0.3], [0.2, 0.3], [0.4, 0.2]])
    draws = [[[2, 0], [1, 5], [1, 5]], [[0, 1], [1, 1], [2, 1]]]  # regrets .2 and .1, then 0 and .2 / 3
    ranks = Ranking(NAMES[:3], np.stack([errors - 0.05, errors + 0.05]), {"draws": np.array(draws)})
    assert ranks.regret("draws") == pytest.approx((0.2 + 0.1 + 0.2 / 3) / 4)


def test_a_missing_predictor_raises_and_round_off_breaks_no_tie():
    rows = {"pairing": ["a", "b", "c"], "split": 0, "seed": 0, "error": [0.1, 0.2, 0.3]}
    runs = pd.DataFrame(rows | {"near": [1 + 1e-12, 1, 1 - 1e-12], "lost": [np.nan, 1, 2]})
    assert Ranking.of(runs, {"near": ["near"]}, "error").correlations == {"near": 0}
    with pytest.raises(ValueError, match="lost"):
        Ranking.of(runs, {"lost": ["lost"]}, "error")


def test_regret_among_all_pairings_is_that_of_the_ranking_and_of_chance():
    errors = ERRORS + RNG.random((2, 6, 2))
    ranks = Ranking(NAMES, errors, {"perfect": errors.mean(axis=0, keepdims=True), "any": RNG.random((3, 6, 2))})
    mean = errors.mean(axis=0)
    for name in ranks.predictors:
        chosen, chance = ranks.regret_among(name, 6, np.random.default_rng(0))
        assert chosen == pytest.approx(ranks.regret(name))
        assert chance == pytest.approx(float((mean - mean.min(axis=0)).mean()))
    chosen, chance = ranks.regret_among("perfect", 2, np.random.default_rng(0))
    pairs = [abs(mean[first] - mean[second]).mean() / 2 for first in range(6) for second in range(first)]
    assert (chosen, chance) == pytest.approx((0, np.mean(pairs)), abs=0.02)
