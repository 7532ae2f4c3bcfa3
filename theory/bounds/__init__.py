"""The ledger: `registry` of its bounds, `theorems` in modules named by their numbers, `check` on a graph."""
