"""The catalogue of sources, event types and denials."""
