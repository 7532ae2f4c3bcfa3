"""Benchmarks: ours against its peers in the same run, by `make bench`. Nothing here asserts a time.

All of a duel run once a round: pytest-benchmark times one function after the other, and what the machine did meanwhile
would be in the ratio.
"""
