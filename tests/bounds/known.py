"""Every graph that the tests of the bounds know: saved, `sharpness --known` holds every bound against all of them."""

import argparse
from pathlib import Path

from pairbounds.theory.attack.records import Witness
from tests.bounds.checks import CHECKS
from tests.bounds.test_witnesses import WITNESSES


def known() -> dict[str, Witness]:
    """The cases that pin bounds down and those that kill mutants, by the bound and a number."""
    of_bounds = {name: [checks, *WITNESSES.get(name, [])] for name, checks in CHECKS.items()}
    return {f"{name}-{i}": each.case().witness for name, all_ in of_bounds.items() for i, each in enumerate(all_)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="Folder for the graphs.")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, witness in known().items():
        witness.save(folder / f"{name}.npz")
