"""Theorems 4 and 15 compared with the squared error that they bound, on the graph families."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.simulations.families import FAMILIES, ClosedForm
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.quantities.consistency import class_masses, induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum

BOUNDS = {"probe-mse": "theorem_4", "multihop-mse": "theorem_15"}


@dataclass(frozen=True)
class OtherFamiliesSettings:
    """The families and the widths.

    Attributes
    ----------
    families : names of the families, each with its defaults
    most : largest width, as a multiple of the number of classes, which is the smallest width
    """

    families: tuple[str, ...] = tuple(FAMILIES)
    most: int = 4


def measure(settings: OtherFamiliesSettings, seed: int) -> pd.DataFrame:
    """Both bounds and the error at each width. Deterministic families are measured for the first seed only."""
    rows = []
    for name in settings.families:
        family = FAMILIES[name]()
        if seed > 0 and type(family).draw is ClosedForm.draw:
            continue
        graph = family.graph(seed)
        classes = len(class_masses(graph))
        widths = range(classes, min(settings.most * classes, *graph.shape) + 1)
        triplets = spectrum(graph, min(widths[-1] + 1, *graph.shape))
        for k in widths:
            checked = check_bounds(graph, k, triplets=triplets, bounds=list(BOUNDS)).set_index("bound")
            rows.append(
                {"family": name, "k": k, "n_classes": classes, "alpha": induced_labelling_error(graph)}
                | {"error": checked["measured"].iloc[0]}
                | {column: checked["value"][bound] for bound, column in BOUNDS.items()}
            )
    return pd.DataFrame(rows)


STUDY = Study(
    question="How close are theorems 4 and 15 to the error on graph families other than random worlds?",
    settings=OtherFamiliesSettings,
    measure=measure,
    seeds=10,
    small={"most": 1},
)
