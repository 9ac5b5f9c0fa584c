"""The folder of seeds: which files are seeds, their bytes, and hints that something has moved."""
