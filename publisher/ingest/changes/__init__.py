"""What has happened in the folder since the last look: pure decisions over paths, digests and readings."""
