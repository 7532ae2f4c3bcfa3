"""Rank correlations of predictors with the error after training, with resampling over families and splits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.stats import rankdata

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

        def table(column: str, rows: pd.DataFrame) -> FloatArray:
            return rows.pivot(index="pairing", columns="split", values=column).loc[names].to_numpy(np.float64)

        seeds = [rows for _, rows in runs.groupby("seed")]
        errors = np.array([table(judge, rows) for rows in seeds])
        return cls(
            names,
            errors,
            {
                # Predictors from the trained encoder differ between seeds: take the mean, as for the error.
                name: rounded(
                    np.array([np.mean([table(column, rows) for rows in seeds], axis=0) for column in columns])
                )
                for name, columns in predictors.items()
            },
        )

    def only(self, kept: Sequence[bool]) -> "Ranking":
        """Ranking of some of the pairings."""
        rows = [int(row) for row in np.flatnonzero(kept)]
        some = {name: values[:, rows] for name, values in self.predictors.items()}
        return Ranking([self.names[row] for row in rows], self.errors[:, rows], some)

    @cached_property
    def families(self) -> IntArray:
        """Index of the family of each pairing, (pairings,)."""
        return np.unique([family(name) for name in self.names], return_inverse=True)[1]

    @property
    def correlations(self) -> dict[str, float]:
        """ρ of each predictor, mean over splits and draws."""
        return self._by_name(self._rho(np.arange(len(self.names)), np.arange(self.errors.shape[2])))

    @property
    def agreement(self) -> float:
        """ρ between the errors of two seeds, mean over splits."""
        first, second = self.errors
        return float(np.mean([_spearman(first[:, [split]], second[:, split]) for split in range(first.shape[1])]))

    @property
    def ceiling(self) -> float:
        """ρ between the mean errors of two pairs of seeds, by the Spearman-Brown formula."""
        return 2 * self.agreement / (1 + self.agreement)

    def resampled(self, rng: np.random.Generator, resamples: int = RESAMPLES) -> pd.DataFrame:
        """ρ of each predictor, with families and splits resampled; a row for each resample."""
        members = [np.flatnonzero(self.families == number) for number in range(self.families.max() + 1)]
        splits = self.errors.shape[2]
        rows = []
        for _ in range(resamples):
            drawn = rng.integers(len(members), size=len(members))
            kept = np.concatenate([members[number] for number in drawn])
            rows.append(self._by_name(self._rho(kept, np.asarray(rng.integers(splits, size=splits)))))
        return pd.DataFrame(rows)

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

    def _rho(self, rows: IntArray, splits: IntArray) -> FloatArray:
        """ρ of each draw of each predictor, mean over splits."""
        errors = self.errors.mean(axis=0)
        by_split = np.array([_spearman(self._columns[rows, :, split], errors[rows, split]) for split in splits])
        return np.asarray(by_split.mean(axis=0))

    @cached_property
    def _columns(self) -> FloatArray:
        """All draws of all predictors, (pairings, draws, splits)."""
        return np.concatenate([*self.predictors.values()]).swapaxes(0, 1)

    def _by_name(self, values: FloatArray) -> dict[str, float]:
        counts = [len(draws) for draws in self.predictors.values()]
        parts = np.split(values, np.cumsum(counts)[:-1])
        return {name: float(part.mean()) for name, part in zip(self.predictors, parts, strict=True)}


def rounded(values: FloatArray) -> FloatArray:
    """Values rounded to `DIGITS` significant digits."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in values.ravel()]).reshape(values.shape)


def _spearman(columns: FloatArray, errors: FloatArray) -> FloatArray:
    """ρ of each column with the errors, (columns,); 0 if all values are equal, NaN if a value is missing."""
    ranks, ordered = rankdata(columns, axis=0), rankdata(errors)
    ranks, ordered = ranks - ranks.mean(axis=0), ordered - ordered.mean()
    scale = np.sqrt(np.sum(ranks**2, axis=0) * np.sum(ordered**2))
    return np.asarray(np.divide(ordered @ ranks, scale, out=np.zeros(ranks.shape[1]), where=scale != 0))
