"""The search for counterexamples: the graph on which a claim is closest to failing, or fails."""

from theory.attack.result import CounterexampleResult, Progress
from theory.attack.search import find_counterexample
from theory.bounds.scoring import Score, score

__all__ = ["CounterexampleResult", "Progress", "Score", "find_counterexample", "score"]
