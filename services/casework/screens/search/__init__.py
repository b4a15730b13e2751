"""To find one child by name, birth date or household number."""
