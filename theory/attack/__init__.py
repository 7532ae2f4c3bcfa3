"""The search for counterexamples: the graph on which a claim is closest to failing, or fails."""

from pairbounds.theory.attack.search import CounterexampleResult, find_counterexample
from pairbounds.theory.bounds.scoring import Score, score

__all__ = ["CounterexampleResult", "Score", "find_counterexample", "score"]
