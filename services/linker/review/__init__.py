"""What people are asked about who is who: what waits, what two records say, what would follow, and what is answered."""
