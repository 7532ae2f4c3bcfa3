"""The search for counterexamples: the graph on which a claim is closest to failing, or fails."""

from pairbounds.theory.attack.result import CounterexampleResult, Progress
from pairbounds.theory.attack.search import find_counterexample
from pairbounds.theory.bounds.scoring import Score, score

__all__ = ["CounterexampleResult", "Progress", "Score", "find_counterexample", "score"]
