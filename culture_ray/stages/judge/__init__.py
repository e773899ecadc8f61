"""The stage that labels responses, and the measured error of judges."""
