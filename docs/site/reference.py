"""Pages of public modules, with the docstrings of their public names."""

from collections.abc import Iterator
from importlib import import_module

import pairbounds

FOLDER = "api"
FRONT, FRONT_NAMES = "pairbounds", frozenset(pairbounds.__all__)  # links lead to these entries
MODULES = (
    FRONT,
    "pairbounds.theory.graph.graph_files",
    "pairbounds.theory.quantities.metrics",
    "pairbounds.theory.quantities.walks",
    "pairbounds.theory.quantities.confidence",
    "pairbounds.sweeps",
    "pairbounds.theory.resampling.graph_rules",
    "pairbounds.theory.resampling.effects",
    "pairbounds.real_data.audit",
    "pairbounds.figures.plots",
)
RESULTS = {
    "pairbounds.theory.quantities.probes": "ProbeResult",
    "pairbounds.theory.quantities.linear_encoders": "LinearEncoder",
    "pairbounds.theory.bounds.encoder_check": "EncoderCheck",
    "pairbounds.theory.quantities.moment_problem": "Sharpest",
    "pairbounds.theory.questions.choosing": "Choice",
    "pairbounds.theory.questions.diagnosis.diagnosing": "Diagnosis",
    "pairbounds.theory.attack.search": "CounterexampleResult",
    "pairbounds.theory.proofs.proof": "Proof",
    "pairbounds.simulations.encoder_training": "TrainResult",
}  # results of functions of `pairbounds`, by module


def pages() -> Iterator[tuple[str, str]]:
    """Path and Markdown of each page, and of their index."""
    for name in MODULES:
        yield f"{FOLDER}/{name}.md", _page(name)
    results = [_entry(module, name) for module, name in RESULTS.items()]
    yield f"{FOLDER}/results.md", "\n\n".join(["# Results", "Results of the functions of pairbounds.", *results]) + "\n"
    listed = "\n".join((*MODULES, "results"))
    yield f"{FOLDER}/index.md", f"# API\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"


def _page(name: str) -> str:
    module = import_module(name)
    parts = [f"# {name}", (module.__doc__ or "").strip()]
    parts += [_entry(name, member) for member in _public(name)]
    return "\n\n".join(parts) + "\n"


def _entry(name: str, member: str) -> str:
    """Markdown of one function or class of a module."""
    kind = ("class", "\n   :members:") if isinstance(getattr(import_module(name), member), type) else ("function", "")
    twice = "\n   :no-index:" if name != FRONT and member in FRONT_NAMES else ""
    return f"```{{eval-rst}}\n.. auto{kind[0]}:: {name}.{member}{kind[1]}{twice}\n```"


def _public(name: str) -> list[str]:
    """Functions and classes in `__all__`; without it, those defined in the module without an underscore."""
    module = import_module(name)
    of_module = [key for key, value in vars(module).items() if getattr(value, "__module__", None) == name]
    names = getattr(module, "__all__", [key for key in of_module if not key.startswith("_")])
    return [key for key in names if callable(getattr(module, key))]
