"""The sheet that figures are drawn on: colours, marks, tooltips, SVG."""
