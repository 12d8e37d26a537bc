"""Takes the program's checks away, one at a time, for the tests to find out."""
