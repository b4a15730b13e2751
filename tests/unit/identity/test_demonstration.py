"""The people of a demonstration."""

from datetime import date

from contracts.values import Role
from infra.identity.demonstration import owned, people


def test_whoever_answers_for_sources_is_registered_as_their_owner_and_nobody_shares_a_source() -> None:
    roles = {person.login: person.roles for person in people(date(2026, 4, 1))}

    labels = [label for _, label, _ in owned()]
    sources = [source for _, _, of_one in owned() for source in of_one]

    assert [roles[label.partition("（")[2].partition("、")[0]] for label in labels] == [frozenset({Role.DATA_OWNER})] * 4
    assert len(sources) == len(set(sources))
