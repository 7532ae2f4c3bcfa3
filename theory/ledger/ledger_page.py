"""Page of the ledger, made from the register."""

import inspect
import json
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2

from pairbounds.theory.attack.sharpest import sharpest_graphs
from pairbounds.theory.bounds.registry import BOUNDS, Bound
from pairbounds.theory.bounds.scoring import score
from pairbounds.theory.bounds.theorems import THEOREMS
from pairbounds.theory.ledger.formal import axioms, coq_statement, foundation, machine_checked

BEST = Path(__file__).with_name("best.json")  # written by `python -m tests.bounds.best`
BEGINNING = "# The ledger\n\nGenerated from the register"  # by which a page is known
STATUS_MEANS = {
    "exact": "it may never be violated beyond round-off",
    "restated": "it is the literature's, with its constants",
    "conjecture": "nobody knows whether it is true",
    "rate": "it is known up to constants, fitted, and never asserted",
}
PAGE = """\
# The ledger

Generated from the register. Vocabulary: `P` the joint distribution of positive pairs, `Ā`
its normalised matrix with singular values `σ_i` and left vectors `u_i`, `α` the labelling error, `α_T` the induced
labelling error, `c_i` the label energy, `f*` the optimal embedding of width k, `E` the 0-1 error of the linear probe
(ties are errors), `ε₂` its mean squared error, `ε` an encoder's excess loss.

An **exact** bound may never be violated beyond round-off; a **restated** one is the literature's, with its constants; a
**conjecture** is open. A **rate** is known up to constants: it is fitted
(`pairbounds.theory.quantities.power_laws.fit_rate`) and never asserted. **Machine-checked**: proved in Coq, without an
axiom, as it is printed. *Sharpest* is the largest ratio of the measured
quantity to the bound that is known, 1 being equality, with the size of the graph that shows it; the graphs are in
`theory/attack/sharpest.json`. *Kept*: the bound is a paper's own statement, or needs
less information than a sharper one, or is sharper somewhere; and at how many points it was alone the best bound on its
quantity, and not vacuous (`theory/ledger/best.json`, measured at {{ commit }}).
{% for theorem in theorems %}
## {{ theorem.title }}
{% if theorem.text %}
{{ theorem.text }}
{% endif %}
{% if theorem.claims -%}
| bound | states | measured | status | sharpest | kept |
|---|---|---|---|---|---|
{%- for it in theorem.claims %}
| `{{ it.name }}` | {{ it.statement }} | `{{ it.quantity }}` | {{ it.status }} | {{ sharpest(it) }} | {{ kept(it) }} |
{%- endfor %}
{% for claim in theorem.claims if claim.remarks %}
`{{ claim.name }}`: {{ claim.remarks }}
{% endfor %}
{%- if theorem.corollaries %}
Corollaries, never below another bound of the same cost:

{% for it in theorem.corollaries -%}
- `{{ it.name }}`, never below {{ beaten_by(it) }}: {{ it.statement }} Kept: {{ kept(it) }}.
{% endfor %}
{%- endif %}
Guarded by `tests/bounds/test_every_bound.py` with the cases in `tests/bounds/checks/{{ theorem.file }}.py`.
{% endif -%}
{% if theorem.statements -%}
Nothing here bounds a quantity of one graph and its embedding, so `check_bounds` has no row of it.

| statement | states | computed by | tested in |
|---|---|---|---|
{%- for it in theorem.statements %}
| `{{ it.name }}` | {{ it.statement }} | `{{ it.place }}` | `{{ it.tested_in }}` |
{%- endfor %}
{% endif -%}
{% for it in theorem.claims + theorem.corollaries + theorem.statements if machine_checked(it) -%}
{% set formal = machine_checked(it) -%}
{% set named = ", " + foundation(formal) if axioms(formal) else "" %}
`{{ it.name }}` is machine-checked (`theory/formal/{{ formal }}`{{ named }}):

```text
{{ coq_statement(formal) }}
```
{% endfor -%}
{% endfor -%}
"""


def ledger_page() -> str:
    """Page in Markdown."""
    graphs = sharpest_graphs()

    def sharpest(claim: Bound) -> str:
        if claim.name not in graphs:
            return "nothing to search" if claim.status == "rate" else "none known"
        graph, k, *_ = graphs[claim.name]
        return f"{score(claim, *graphs[claim.name]).ratio:.3f} ({graph.n_left} x {graph.n_right}, k = {k})"

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    theorems = [_theorem(module) for module in THEOREMS]
    page = environment.from_string(PAGE).render(
        theorems=theorems,
        sharpest=sharpest,
        kept=kept,
        commit=_best_record()["measured"]["commit"][:8],
        beaten_by=beaten_by,
        axioms=axioms,
        foundation=foundation,
        coq_statement=coq_statement,
        machine_checked=machine_checked,
    )
    return page.rstrip() + "\n"


def title_and_text(module: ModuleType) -> tuple[str, str]:
    """Title of a theorem's module, and the text below it."""
    title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
    return title.rstrip("."), text.strip()


def kept(claim: Bound) -> str:
    """Reason why the ledger has a bound, and number of points where it was the unique best on its quantity."""
    counts = best_counts(claim.name)
    times = f"; best at {counts['best']:,} of {counts['count']:,} points" if counts["count"] else ""
    return f"{claim.kept or 'sharper'}{times}"


def best_counts(name: str) -> dict[str, int]:
    """Numbers of points where a bound was evaluated, vacuous, and the unique best without being vacuous."""
    counts: dict[str, int] = next((row for row in _best_record()["rows"] if row["what"] == name), {})
    return {key: int(counts.get(key, 0)) for key in ("count", "vacuous", "best")}


@cache
def _best_record() -> Any:
    return json.loads(BEST.read_text(encoding="utf-8"))


def beaten_by(claim: Bound) -> str:
    """Bound that a corollary is never below: `name`, or twice `name` for one on the squared error."""
    assert claim.corollary_of is not None
    better = BOUNDS[claim.corollary_of]
    return f"`{better.name}`" if better.quantity == claim.quantity else f"twice `{better.name}`"


def _theorem(module: ModuleType) -> dict[str, object]:
    title, text = title_and_text(module)
    claims = [claim for claim in BOUNDS.values() if claim.evaluate.__module__ == module.__name__]
    corollaries = [claim for claim in claims if claim.corollary_of is not None]
    return {
        "title": title,
        "text": text,
        "claims": [claim for claim in claims if claim not in corollaries],
        "corollaries": corollaries,
        "statements": [*getattr(module, "STATEMENTS", ())],
        "file": module.__name__.rsplit(".", 1)[1].split("_")[0],
    }
