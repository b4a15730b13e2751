"""Rules of casework."""
