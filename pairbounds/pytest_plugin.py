"""Pytest plugin that tests a user's bounds: `pytest -p pairbounds.pytest_plugin --bounds my_bound.py`.

The file registers bounds with `pairbounds.bound`. Each pair of a bound and a graph family is a test.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

GRAPHS = 25  # graphs of each family


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--bounds FILE`."""
    group = parser.getgroup("pairbounds")
    group.addoption("--bounds", metavar="FILE.py", help="test the bounds that this file registers on each graph family")


def pytest_configure(config: pytest.Config) -> None:
    """Collect only this file if the command line names no other paths; else add it to the tests."""
    file = config.getoption("--bounds")
    if file is None:
        return
    if not Path(file).is_file():
        raise pytest.UsageError(f"--bounds {file} does not exist: give a Python file")
    # False if `--bounds` comes from the settings.
    typed = any(str(argument).partition("=")[0] == "--bounds" for argument in config.invocation_params.args)
    is_only_path = typed and config.args_source is not pytest.Config.ArgsSource.ARGS
    config.args = [str(file), *([] if is_only_path else config.args)]


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the file of `--bounds` as bounds, not as a test module."""
    return BoundsFile.from_parent(parent, path=module_path) if _has_bounds(module_path, parent) else None


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:
    """Leave out doctests of the file of `--bounds`: their import would register its bounds a second time."""
    collectors = yield
    return (
        [collector for collector in collectors if isinstance(collector, BoundsFile)]
        if _has_bounds(file_path, parent)
        else collectors
    )


def _has_bounds(path: Path, parent: pytest.Collector) -> bool:
    file = parent.config.getoption("--bounds")
    return file is not None and path.resolve() == Path(file).resolve()


class BoundsFile(pytest.File):
    """A file that registers bounds."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each bound and each family."""
        # Late imports: coverage must start first, and most runs do not need these modules.
        from pairbounds.infrastructure.commandline import one_line
        from pairbounds.infrastructure.users_code import ForeignCodeError
        from pairbounds.plugins import load_bounds
        from pairbounds.theory.attack.starts import STARTS

        try:
            claims = load_bounds(self.path)
        except (ValueError, ForeignCodeError) as error:
            raise self.CollectError(one_line(error)) from error
        for claim in claims:
            for family in STARTS:
                name = f"{one_line(claim.name)}[{family}]"
                yield BoundItem.from_parent(self, name=name, claim=claim, family=family)


class BoundItem(pytest.Item):
    """One bound on one family of graphs."""

    def __init__(self, *, claim: Any, family: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.claim, self.family = claim, family

    def runtest(self) -> None:
        """Evaluate the bound on `GRAPHS` random graphs of the family. Failures have no traceback."""
        from pairbounds.infrastructure.commandline import one_line, visible
        from pairbounds.infrastructure.users_code import ForeignCodeError
        from pairbounds.theory.attack.starts import random_candidate
        from pairbounds.theory.bounds.check_bounds import check_bounds
        from pairbounds.theory.bounds.registry import NEEDED

        rng, rows = np.random.default_rng(0), []
        argument = NEEDED.get(self.claim.subject)
        needs: dict[str, Any] = {"with_features": argument == "critic", "with_penalty": argument == "penalty"}
        for _ in range(GRAPHS):
            start = random_candidate(rng, **needs, family=self.family)
            graph, k, critic, penalty = start.graph, start.k, start.features, start.penalty
            try:
                row = check_bounds(graph, k, bounds=[self.claim], critic=critic, penalty=penalty).iloc[0]
            except ForeignCodeError as error:
                pytest.fail(one_line(error), pytrace=False)
            if row["applicable"] and not row["holds"]:
                lines = self._violation(graph, k, row).splitlines()
                pytest.fail("\n".join(map(visible, lines)), pytrace=False)
            rows.append(row)
        if not any(row["applicable"] for row in rows):
            pytest.skip(f"no graph of this family meets the hypotheses: {rows[0]['note']}")

    def _violation(self, graph: Any, k: int, row: "pd.Series[Any]") -> str:
        weights = np.array2string(graph.joint.toarray(), precision=6, suppress_small=True)
        return (
            f"{self.claim.name} is violated: measured {row['measured']} {row['relation']} {row['value']} is false at "
            f"k = {k} on\n{weights}\n"
            f"left labels {graph.left_labels.tolist()}, right labels {graph.right_labels.tolist()}"
        )

    def reportinfo(self) -> tuple[Path, None, str]:
        """Path and name of the test."""
        return self.path, None, self.name
