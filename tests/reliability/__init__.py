"""What is tried beside the tests, and the records of it in `results/reliability`."""
