"""Why the fast tests leave more than a twentieth of a file unrun. A test fails where this is not as measured."""

MISSING = "Tests of these lines are missing."

REASONS: dict[str, str] = {
    "real_data/datasets/svg.py": (
        "What a drawing may do that ends its process is tried; that a process does not end when it is asked "
        "to, and answers of renderers that no drawing gave, are not."
    ),
    "real_data/datasets/svg_worker.py": (
        "It draws in a process of its own, without what counts lines: its limits on memory and time are for "
        "what it draws alone. The tests of foreign pictures see what it answers."
    ),
    "real_data/studies/emoji_captions.py": (
        "It measures the whole emoji set, which takes minutes: `make smoke` does it on every change."
    ),
    "theory/sweeps/execution.py": (
        "Losses of a Dask cluster that come between two of its answers: `make faults` kills workers at random moments."
    ),
    "theory/infrastructure/array_files.py": "One line: a version of numpy's format that numpy does not write yet.",
    "theory/infrastructure/commandline.py": (
        "Broken pipes between two lines of what is printed, and systems without `poll`."
    ),
    "theory/infrastructure/folders.py": (
        "Races of two commands for one lock, a few instructions wide: `make faults` starts two at once."
    ),
    "theory/infrastructure/foreign.py": "Functions without source, and messages of more than 500 letters.",
    "theory/infrastructure/interruption.py": (
        "The second signal to a process that does not end, which ends it without counting; signals in other threads."
    ),
    "theory/infrastructure/temporaries.py": "Files of a process of another user, or of a number that was given anew.",
    **dict.fromkeys(
        (
            "figures/findings/evidence.py",
            "figures/layout.py",
            "figures/prerequisites.py",
            "figures/renamed.py",
            "figures/report/__main__.py",
            "figures/report/audits.py",
            "figures/report/chromium.py",
            "figures/report/origin.py",
            "figures/report/runs.py",
            "figures/report/studies.py",
            "figures/report/verdicts.py",
            "real_data/audit/keeping.py",
            "real_data/commands.py",
            "real_data/studies/pretraining.py",
            "real_data/training/distributed.py",
            "real_data/training/forecast.py",
            "real_data/training/runs.py",
            "real_data/training/settings.py",
            "simulations/losses/register.py",
            "theory/attack/records.py",
            "theory/attack/shrinking.py",
            "theory/distributed_products.py",
            "theory/graph_formats.py",
            "theory/infrastructure/clusters.py",
            "theory/pytest_plugin.py",
            "theory/sweeps/forecast.py",
            "theory/sweeps/sources.py",
            "theory/sweeps/studies.py",
        ),
        MISSING,
    ),
}
