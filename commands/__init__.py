"""One module for each thing that a person, a system or the clock may ask for."""
