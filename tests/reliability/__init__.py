"""Campaigns that are not tests, and their records in `results/reliability`."""
