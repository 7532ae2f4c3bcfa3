"""Example of your own bound in ten lines: is the factor 2 in theorem 4 needed?

Try it on every graph family:   pytest -p pairbounds.pytest_plugin --bounds examples/my_bound.py
Find a counterexample:          pairbounds attack no-factor-two --plugin examples/my_bound.py
Compare with the ledger:        pairbounds check GRAPH.npz --k 10 --plugin examples/my_bound.py
"""

from pairbounds import bound, induced_labelling_error, over_gap


@bound("no-factor-two", quantity="probe_error", status="conjecture")
def no_factor_two(graph, spectrum, k):
    """Is `E(f*) <= α_T / (1 - σ²_{k+1})`?"""
    return over_gap(induced_labelling_error(graph), spectrum, k)
