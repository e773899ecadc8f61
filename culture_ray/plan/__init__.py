"""The plan of a run: its requests, workload, hardware, time and cost."""
