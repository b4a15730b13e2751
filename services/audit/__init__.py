"""The audit log: every access and decision, appended for ever, sealed with a Merkle tree and signed checkpoints."""
