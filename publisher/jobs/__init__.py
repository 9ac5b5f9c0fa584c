"""The verbs: each family of jobs in its file. They join rooms, settings and the ledger; they decide nothing twice."""
