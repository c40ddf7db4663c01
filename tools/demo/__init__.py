"""The story of the product, told in the terminal with real calls and real files: `make demo`."""
