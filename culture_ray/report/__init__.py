"""Figures, tables and the page of a run; this room computes nothing, it shows what tables hold."""
