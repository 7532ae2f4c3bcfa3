"""The search for counterexamples: the graph on which a claim is closest to failing, or fails."""

from theory.attack.result import CounterexampleResult, Progress
from theory.attack.scoring import Score, score
from theory.attack.search import find_counterexample

__all__ = ["CounterexampleResult", "Progress", "Score", "find_counterexample", "score"]
