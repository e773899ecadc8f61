"""Models on this machine or cluster, loaded by vLLM."""
