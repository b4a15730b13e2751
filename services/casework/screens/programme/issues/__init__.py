"""Issues of the programme: raised by whoever meets one, with an owner and a day, until they are settled (EVAL-01)."""
