from tests.bounds.teeth.tooth import Case, Teeth, tied_values, two_nodes

TEETH = {"mmcl-is-sscl": Teeth(lambda: Case(two_nodes(0.1)), (tied_values, "σ_k > σ_"))}
