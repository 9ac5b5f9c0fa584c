"""What there is and what is decided: frozen values and pure functions, on the standard library alone."""
