"""One ledger while processes are killed, servers vanish and clocks jump: `python -m benches.chaos`, in the project's folder."""
