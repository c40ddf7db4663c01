"""In-memory twins of the ports, with the same answers; one contract suite runs on each fake and on its adapter."""
