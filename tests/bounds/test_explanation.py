import pytest

from pairbounds import BOUNDS, bound
from pairbounds.__main__ import app
from pairbounds.theory.ledger.explanation import explanation


@pytest.mark.parametrize("name", BOUNDS)
def test_every_bound_is_explained_from_its_statement_to_its_tests(name):
    claim = BOUNDS[name]
    paragraphs = explanation(claim)
    heads = [paragraph.partition(":")[0] for paragraph in paragraphs]
    assert heads[:4] == [name, "Statement", "Status", "Hypotheses"]
    assert heads[4] == "In words"
    assert all(f"{part}: " in " ".join(paragraphs) for part in ("Cost", "Source"))
    assert claim.statement in paragraphs[1]
    assert heads[-1] == "Tested in"
    assert any("Corollary" in head for head in heads) == (claim.corollary_of is not None)


def test_an_explanation_names_the_page_with_the_proof(call):
    code, out, _ = call(app, "ledger", "zero-shot")
    assert code == 0
    assert "docs/theorems/theorem06.md" in out
    assert "theorem06.py" in out


def test_a_user_bound_has_no_theorem():
    user_bound = bound("mine", quantity="probe_error", status="conjecture")(lambda graph, spectrum, k: 1.0)
    assert "A bound of your own" in explanation(user_bound)[0]
