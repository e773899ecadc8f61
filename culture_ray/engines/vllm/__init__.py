"""Engine for local models, loaded by vLLM on this machine or cluster."""
