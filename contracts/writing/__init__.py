"""
How names and readings are written, in one spelling each, for comparing only. What is kept and told is the name as it came
(`domain.md` §6.2).

Pure, total, and the same for every spelling of one thing. The linker links by it (a change here is a new VERSION of its
`domain/normalising`), and people search by it.
"""
