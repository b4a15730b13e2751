"""A registered member of staff, as the services see one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.ids import StaffId
from contracts.messages import Actor
from contracts.values import Role, Section, Ward

WARD_NAMES: Mapping[Ward, str] = {
    Ward.HIGASHI: "東区",
    Ward.HAKATA: "博多区",
    Ward.CHUO: "中央区",
    Ward.MINAMI: "南区",
    Ward.JONAN: "城南区",
    Ward.SAWARA: "早良区",
    Ward.NISHI: "西区",
}
"""The wards as people write them."""

SECTION_NAMES: Mapping[Section, str] = {
    Section.CHILDCARE_SUPPORT: "子育て支援課",
    Section.COMMUNITY_HEALTH_WELFARE: "地域保健福祉課",
    Section.HEALTH: "健康課",
    Section.CHILD_FAMILY_DIVISION: "こども家庭課",
    Section.INFORMATION_SECURITY: "情報セキュリティ担当",
}
"""The sections as people write them."""


@dataclass(frozen=True, slots=True)
class Staff:
    """
    A person who is logged in.

    `session` is a one-way name of the session for the audit log; `form_token` is what a form must bring back (CSRF). Neither
    lets anybody in.
    """

    id: StaffId
    login: str
    name: str
    section: Section
    ward: Ward | None
    roles: frozenset[Role]
    session: str
    form_token: str

    @property
    def place(self) -> str:
        """Return ward and section in words, e.g. 博多区 子育て支援課."""
        section = SECTION_NAMES[self.section]
        return f"{WARD_NAMES[self.ward]} {section}" if self.ward else section

    @property
    def actor(self) -> Actor:
        """Return the person as the audit log names one: by id, without a name."""
        return Actor(id=self.id, role=min(self.roles), ward=self.ward, session=self.session)


def staff_of(row: Any, session: str, form_token: str) -> Staff:
    """Return the person in a row of `see_session` or `staff_by_login`."""
    return Staff(
        id=StaffId(row["id"]),
        login=row["login"],
        name=row["name"],
        section=Section(row["section"]),
        ward=Ward(row["ward"]) if row["ward"] else None,
        roles=frozenset(map(Role, row["roles"])),
        session=session,
        form_token=form_token,
    )
