"""Rank correlations of predictors with the error after training, with resampling over families and splits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray, IntArray

RESAMPLES, SUBSETS = 4_000, 2_000
GUIDED = "views + "  # prefix of the name of a guide
DIGITS = 9  # significant digits of a predictor; further digits are round-off, which would break ties
FAMILIES = ("words, rare", "groups alike", "learned", "network", "groups", "labels", "words", "text", "look", "views")


def family(name: str) -> str:
    """Family of a pairing: the choice of its partners, or of the first of two kinds of partners."""
    core = name.removeprefix(GUIDED).partition(" + ")[0].replace("rare words", "words, rare")
    return next((start for start in FAMILIES if core.startswith(start)), core)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Errors of pairings after training, and predictors of them.

    Attributes
    ----------
    names : names of the pairings
    errors : (seeds, pairings, splits)
    predictors : by name, (draws, pairings, splits); small values predict small errors
    """

    names: Sequence[str]
    errors: FloatArray
    predictors: Mapping[str, FloatArray]

    @classmethod
    def of(cls, runs: pd.DataFrame, predictors: Mapping[str, Sequence[str]], judge: str) -> "Ranking":
        """Build from rows of `prediction` for one label set, with pairings that all splits and seeds have.

        Parameters
        ----------
        predictors : columns of the draws of each predictor
        judge : column of the error
        """
        names = list(dict.fromkeys(runs["pairing"]))
        used = [judge, *(column for columns in predictors.values() for column in columns)]
        if runs[used].isna().to_numpy().any():
            raise ValueError(f"columns with NaN: {[*runs[used].columns[runs[used].isna().any()]]}")

        def by_seed(column: str) -> FloatArray:
            tables = runs.groupby("seed")[["pairing", "split", column]]
            wide = [rows.pivot(index="pairing", columns="split", values=column).loc[names] for _, rows in tables]
            return np.array(wide, dtype=np.float64)

        # Predictors from the trained encoder differ between seeds: take the mean, as for the error.
        means = {
            name: rounded(np.array([by_seed(column).mean(axis=0) for column in columns]))
            for name, columns in predictors.items()
        }
        return cls(names, by_seed(judge), means)

    def only(self, kept: npt.ArrayLike) -> "Ranking":
        """Ranking of some of the pairings."""
        rows: list[int] = np.flatnonzero(kept).tolist()
        some = {name: values[:, rows] for name, values in self.predictors.items()}
        return Ranking([self.names[row] for row in rows], self.errors[:, rows], some)

    @cached_property
    def families(self) -> IntArray:
        """Index of the family of each pairing, (pairings,)."""
        return np.unique([family(name) for name in self.names], return_inverse=True)[1]

    @property
    def correlations(self) -> dict[str, float]:
        """ρ of each predictor, mean over splits and draws."""
        once, splits = np.ones((1, len(self.names))), np.ones((1, self.errors.shape[2]))
        return {name: float(rho[0]) for name, rho in self._rho(once, splits).items()}

    @property
    def agreement(self) -> float:
        """ρ between the errors of two seeds, mean over splits."""
        first, second = self.errors[:, None]
        return Ranking(self.names, first, {"second": second}).correlations["second"]

    @property
    def ceiling(self) -> float:
        """ρ between the mean errors of two pairs of seeds, by the Spearman-Brown formula."""
        return 2 * self.agreement / (1 + self.agreement)

    def resampled(self, rng: np.random.Generator, resamples: int = RESAMPLES) -> pd.DataFrame:
        """ρ of each predictor, with families and splits resampled; a row for each resample."""
        sizes = (int(self.families.max()) + 1, self.errors.shape[2])  # of families and splits
        draws = [
            [np.bincount(rng.integers(size, size=size), minlength=size) for size in sizes] for _ in range(resamples)
        ]
        families, splits = (np.array(counts) for counts in zip(*draws, strict=True))
        return pd.DataFrame(self._rho(families[:, self.families], splits))

    def regret(self, name: str) -> float:
        """Error of the pairing chosen by a predictor minus that of the best, mean over splits, draws and ties."""
        errors, values = self.errors.mean(axis=0), self.predictors[name]
        chosen = values == values.min(axis=1, keepdims=True)
        by_split = np.sum(chosen * errors, axis=1) / chosen.sum(axis=1)
        return float(np.mean(by_split - errors.min(axis=0)))

    def regret_among(self, name: str, size: int, rng: np.random.Generator) -> tuple[float, float]:
        """Regret of a predictor's choice among random pairings, and of chance, mean over `SUBSETS` of that size."""
        rows = np.array([rng.choice(len(self.names), size, replace=False) for _ in range(SUBSETS)])
        errors = self.errors.mean(axis=0)[rows]  # (subsets, size, splits)
        first = np.argmin(self.predictors[name][:, rows], axis=2)  # of each draw, among equal ones any
        chosen = [np.take_along_axis(errors, draw[:, None], axis=1) for draw in first]
        least = errors.min(axis=1).mean()
        return float(np.mean(chosen) - least), float(errors.mean() - least)

    def _rho(self, counts: np.ndarray, splits: np.ndarray) -> dict[str, FloatArray]:
        """ρ of each predictor in each resample, mean over splits and draws.

        Parameters
        ----------
        counts : times that each resample has each pairing, (resamples, pairings)
        splits : times that each resample has each split, (resamples, splits)
        """
        errors, weights = self.errors.mean(axis=0), splits / splits.sum(axis=1, keepdims=True)

        def mean_over_splits(values: FloatArray) -> FloatArray:
            by_split = [_spearman(values[:, split], errors[:, split], counts) for split in range(errors.shape[1])]
            return np.asarray(np.sum(weights * np.column_stack(by_split), axis=1))

        return {
            name: np.mean([mean_over_splits(values) for values in draws], axis=0)
            for name, draws in self.predictors.items()
        }


def rounded(values: FloatArray) -> FloatArray:
    """Values rounded to `DIGITS` significant digits."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in values.ravel()]).reshape(values.shape)


def _spearman(first: FloatArray, second: FloatArray, counts: np.ndarray) -> FloatArray:
    """Spearman's ρ of two variables, (n,), in each resample, which has item i `counts[:, i]` times.

    0 if all values are equal, NaN if one is missing.
    """
    if np.isnan(first).any():
        return np.full(len(counts), np.nan)
    ranks, others = (_centred_ranks(values, counts) for values in (first, second))
    scale = np.sqrt(np.sum(counts * ranks**2, axis=1) * np.sum(counts * others**2, axis=1))
    return np.asarray(
        np.divide(np.sum(counts * ranks * others, axis=1), scale, out=np.zeros(len(counts)), where=scale != 0)
    )


def _centred_ranks(values: FloatArray, counts: np.ndarray) -> FloatArray:
    """Ranks of the values in each resample less their mean, (resamples, n); equal values share the mean rank."""
    above = (values[:, None] > values) + (values[:, None] == values) / 2  # (n, n)
    ranks = counts @ above.T
    return np.asarray(ranks - np.sum(counts * ranks, axis=1, keepdims=True) / counts.sum(axis=1, keepdims=True))
