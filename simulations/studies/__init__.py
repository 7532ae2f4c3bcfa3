"""Studies of simulated worlds: each module here measures one table, and is found by its name."""
