"""An answer: a table for programs and figures, and sentences for people."""

from typing import NamedTuple

import pandas as pd


class Answer(NamedTuple):
    """An answer about a pair graph.

    Attributes
    ----------
    table : a row for each size that was asked for
    words : sentences, the last of which is one to act on
    """

    table: pd.DataFrame
    words: tuple[str, ...]
