"""Token rates of models: what requests cost by them, when they change, where they are known."""
