"""Campaigns beside the tests, and their records in `results/reliability`."""
