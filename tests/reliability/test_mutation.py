"""The record of `make mutation`, from what mutmut keeps."""

from tests.reliability import mutation

DIFF = """# pairbounds.theory.x_f__mutmut_1: survived
--- pairbounds/theory.py
+++ pairbounds/theory.py
@@ -1,2 +1,2 @@
 def f(x):
-    return min(1.0, x)
+    return min(2.0, x)
"""


def test_mutants_that_live_are_named_by_their_change_and_keep_their_reason(monkeypatch):
    monkeypatch.setattr(mutation, "_shown", lambda mutant: DIFF.replace("x_f", mutant.rpartition(".")[2]))
    codes = {"x_f__mutmut_1": 0, "x_f__mutmut_2": 1, "x_g__mutmut_1": 33, "x_g__mutmut_2": None}
    kept = {"pairbounds.theory": {f"pairbounds.theory.{name}": code for name, code in codes.items()}, "idle": {}}
    change = "`return min(1.0, x)` as `return min(2.0, x)`"
    first, second = (f"pairbounds.theory.{function}: {change}" for function in ("x_f", "x_g"))
    (row,) = mutation.rows(kept, {first: "x is at most 1"})
    assert (row["what"], row["count"], row["found"]) == ("pairbounds.theory", 3, 1)
    assert row["alive"] == {first: "x is at most 1", second: mutation.NO_REASON}
