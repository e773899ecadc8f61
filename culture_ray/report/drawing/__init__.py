"""Shared parts of figures: sheets, colours, marks, tooltips and SVG."""
