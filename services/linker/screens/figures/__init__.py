"""How much waits and was answered, and how well two people, and people and weights, agree."""
