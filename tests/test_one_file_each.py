"""One new file suffices to add a figure, a study or a graph family: each file of their folders is found."""

import pytest

from pairbounds.figures.figure import found
from pairbounds.simulations.families import FAMILIES
from pairbounds.sweeps import study_names
from tests.rooms import ROOT

KINDS = {
    "families": (FAMILIES, "simulations/families", "(Family):|(ClosedForm):"),
    "figures": (found(), "figures", "\nFIGURE = "),
    "studies": (study_names(), "*/studies", "\nSTUDY = "),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_file_is_found_by_its_name(kind):
    names, folder, marks = KINDS[kind]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in ROOT.glob(f"{folder}/*.py")}
    declaring = {name for name, text in texts.items() if any(mark in text for mark in marks.split("|"))}
    assert {*names} == declaring - {"family"}
    assert len(declaring) > 9
