"""What the document says about each route, by subject; the routes themselves are declared in functions/."""
