"""What so many claims need and cost, and how a peak drains: docs/scale.md is drawn by `python -m tools.scale`."""
