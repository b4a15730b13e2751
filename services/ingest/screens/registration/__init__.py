"""One source's registration: what it says, every step of it, and what people do to it."""
