"""How fast and how frugal the product is, each figure against its reference in the same run: `make bench`."""
