"""Search for the graph on which a claim fails, or is closest to failing."""

from pairbounds.theory.attack.search import CounterexampleResult, find_counterexample
from pairbounds.theory.bounds.scoring import Score, score

__all__ = ["CounterexampleResult", "Score", "find_counterexample", "score"]
