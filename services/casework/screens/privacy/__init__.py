"""What the law asks of whoever holds personal data: requests of those whom it is about, and the check of every year."""
