from pathlib import Path

import pytest

from pairbounds.theory.attack.starts import STARTS
from tests.unloaded import unload

pytest_plugins = "pytester"

EXAMPLE = Path(__file__).parents[2] / "examples" / "my_bound.py"
TRUE = """

@bound("surely-true", quantity="probe_mse", status="conjecture")
def surely_true(graph, spectrum, k):
    "`ε₂ <= 1`."
    return 1.0
"""


@pytest.fixture(autouse=True)
def _registered():
    """Most runs are in this process, which saves its imports."""
    yield
    unload()


@pytest.fixture
def plugin(pytester: pytest.Pytester) -> Path:
    path = pytester.path / "my_bound.py"
    path.write_text(EXAMPLE.read_text(encoding="utf-8") + TRUE, encoding="utf-8")
    return path


def test_a_ten_line_file_in_an_empty_folder_is_tried_on_every_family(pytester, plugin):
    run = pytester.runpytest_inprocess("-p", "pairbounds.pytest_plugin", "--bounds", plugin.name)
    counts = run.parseoutcomes()
    assert counts["passed"] + counts["failed"] + counts.get("skipped", 0) == 2 * len(STARTS)
    assert counts["passed"] >= len(STARTS)
    assert counts["failed"] >= 1
    run.stdout.fnmatch_lines(
        ["*no-factor-two is violated: measured * <= * is false at k = *", "FAILED *no-factor-two*planted*"]
    )
    assert "surely-true is violated" not in run.stdout.str()


def test_a_file_behind_a_link_is_tried_too(pytester, plugin):
    behind = pytester.mkdir("behind")
    plugin.rename(behind / plugin.name)
    pytester.path.joinpath("linked").symlink_to(behind)
    run = pytester.runpytest_inprocess(
        "-p", "pairbounds.pytest_plugin", "--bounds", f"linked/{plugin.name}", "--collect-only", "-q"
    )
    run.stdout.fnmatch_lines(["linked/*::surely-true*components*"])


def test_a_suite_with_doctests_registers_the_bounds_once(pytester, plugin):
    run = pytester.runpytest_inprocess(
        "-p", "pairbounds.pytest_plugin", "--doctest-modules", "--bounds", plugin.name, "-k", "surely-true and planted"
    )
    assert run.parseoutcomes() == {"passed": 1, "deselected": 2 * len(STARTS) - 1}


def test_in_the_settings_of_a_suite_the_plugin_adds_tests(pytester, plugin):
    (pytester.mkdir("tests") / "test_own.py").write_text("def test_own(): assert False\n")
    pytester.makeini(f"[pytest]\naddopts = -p pairbounds.pytest_plugin --bounds {plugin.name}\ntestpaths = tests\n")
    run = pytester.runpytest_inprocess("-k", "test_own or (surely-true and planted)")
    assert run.parseoutcomes() == {"passed": 1, "failed": 1, "deselected": 2 * len(STARTS) - 1}


def test_a_bound_that_fails_is_one_line(pytester, plugin):
    plugin.write_text(plugin.read_text().replace("return 1.0", "raise SystemExit(0)"))
    run = pytester.runpytest_inprocess(
        "-p", "pairbounds.pytest_plugin", "--bounds", plugin.name, "-k", "surely-true and planted"
    )
    run.stdout.fnmatch_lines(["bound 'surely-true' (*my_bound.py, line *) failed: SystemExit: 0"])
    assert "Traceback" not in run.stdout.str() + run.stderr.str()


def test_a_missing_file_is_a_usage_error(pytester):
    run = pytester.runpytest_inprocess("-p", "pairbounds.pytest_plugin", "--bounds", "none.py")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert "--bounds none.py does not exist" in run.stderr.str()
