"""The stage judge, which labels responses, and the measured error of judges."""
