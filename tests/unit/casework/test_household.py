from datetime import date
from uuid import UUID

from contracts.ids import PersonId
from services.casework.domain.household import Member, shown_siblings


def test_a_childs_page_names_siblings_in_scope_and_of_the_same_protection() -> None:
    today = date(2026, 4, 11)
    sibling = Member(PersonId(UUID(int=1)), date(2016, 5, 1), protected=False)
    adult = Member(PersonId(UUID(int=2)), date(1990, 5, 1), protected=False)
    hidden = Member(PersonId(UUID(int=3)), date(2018, 5, 1), protected=True)

    assert shown_siblings([sibling, adult, hidden], protected=False, today=today) == (sibling,)
    assert shown_siblings([sibling, adult, hidden], protected=True, today=today) == (hidden,)
