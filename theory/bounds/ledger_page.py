"""The ledger as a page, made from the register: what the code states is what the page says."""

import inspect
from pathlib import Path
from types import ModuleType

import jinja2
import pandas as pd

from theory.bounds import BOUNDS, THEOREMS, Bound
from theory.infrastructure.inputs import require_file

BEGINNING = "# The ledger\n\nGenerated from the register"  # by which a page is known
PAGE = """\
# The ledger

Generated from the register by `make ledger`; do not edit. Vocabulary: `P` the joint distribution of positive pairs, `Ā`
its normalised matrix with singular values `σ_i` and left vectors `u_i`, `α` the labelling error, `α_T` the induced
labelling error, `c_i` the label energy, `f*` the optimal embedding of width k, `E` the 0-1 error of the linear probe
(ties are errors), `ε₂` its mean squared error, `ε` an encoder's excess loss.

An **exact** bound may never be violated beyond round-off; a **restated** one is the literature's, with its constants; a
**conjecture** is open. A **rate** is known up to constants: it is fitted (`theory.rates.fit_rate`) and never asserted.
*Sharpest* is the largest ratio of the measured quantity to the bound that the search has found,
1 being equality, with the size of the graph that shows it (in `theory/attack/sharpest`).
{% for theorem in theorems %}
## {{ theorem.title }}
{% if theorem.text %}
{{ theorem.text }}
{% endif %}
{% if theorem.claims -%}
| bound | states | measured | status | sharpest |
|---|---|---|---|---|
{%- for it in theorem.claims %}
| `{{ it.name }}` | {{ it.statement }} | `{{ it.quantity }}` | {{ it.status }} | {{ sharpest(it) }} |
{%- endfor %}
{% for claim in theorem.claims if claim.remarks %}
`{{ claim.name }}`: {{ claim.remarks }}
{% endfor %}
Guarded by `tests/bounds/test_every_bound.py` with the cases in `tests/bounds/checks/{{ theorem.file }}.py`.
{% endif -%}
{% if theorem.statements -%}
Nothing here bounds a quantity of one graph and its embedding, so `check_bounds` has no row of it.

| statement | states | computed by | status | tested in |
|---|---|---|---|---|
{%- for it in theorem.statements %}
| `{{ it.name }}` | {{ it.statement }} | `{{ it.place }}` | {{ it.status }} | `{{ it.tested_in }}` |
{%- endfor %}
{% endif -%}
{% endfor -%}
"""


def ledger_page(sharpness: pd.DataFrame) -> str:
    """The page in Markdown.

    Parameters
    ----------
    sharpness : columns bound, ratio, k, n_left, n_right
        The largest ratio found for each bound; a bound without a row is shown as not searched.
    """
    found = sharpness.set_index("bound")

    def sharpest(claim: Bound) -> str:
        if claim.status == "rate":
            return "nothing to search"
        if claim.name not in found.index:
            return "not searched"
        row = found.loc[claim.name]
        return f"{row['ratio']:.3f} ({row['n_left']:.0f} x {row['n_right']:.0f}, k = {row['k']:.0f})"

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    page = environment.from_string(PAGE).render(theorems=[_theorem(module) for module in THEOREMS], sharpest=sharpest)
    return page.rstrip() + "\n"


def is_current(page: Path, sharpness: pd.DataFrame) -> bool:
    """Whether the file holds what the register says now.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        What is there is no file.
    """
    return require_file(page, "page", "write it with --out").read_bytes() == ledger_page(sharpness).encode()


def _theorem(module: ModuleType) -> dict[str, object]:
    title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
    claims = [claim for claim in BOUNDS.values() if claim.evaluate.__module__ == module.__name__]
    return {
        "title": title.rstrip("."),
        "text": text.strip(),
        "claims": claims,
        "statements": getattr(module, "STATEMENTS", ()),
        "file": module.__name__.rsplit(".", 1)[1].split("_")[0],
    }
