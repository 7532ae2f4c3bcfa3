"""Answers: a table for programs and figures, and sentences for readers."""

from typing import NamedTuple

import pandas as pd


class Answer(NamedTuple):
    """An answer about a pair graph.

    Attributes
    ----------
    table : one row for each requested size
    words : sentences; the last one recommends an action
    """

    table: pd.DataFrame
    words: tuple[str, ...]
