"""Values with a fixed list. The Japanese words are in the glossary, `domain.md` §7."""

from enum import StrEnum
from typing import TYPE_CHECKING

from contracts.kinds import Item as Item  # noqa: PLC0414 - they are values with a fixed list too, and stay to be found here
from contracts.kinds import Source as Source  # noqa: PLC0414
from contracts.organisation import ORGANISATION


class ServiceName(StrEnum):
    """The five services, as they are called on the bus, in the database and in the folder tree."""

    INGEST = "ingest"
    LINKER = "linker"
    SCORER = "scorer"
    CASEWORK = "casework"
    AUDIT = "audit"


class Operation(StrEnum):
    """What a source event does to its record."""

    UPSERT = "upsert"
    VOID = "void"


if TYPE_CHECKING:

    class Ward(StrEnum):
        """Those of the file that comes with Tsunagu, for whoever names one: tests, and the invented city."""

        HIGASHI = "higashi"
        HAKATA = "hakata"
        CHUO = "chuo"
        MINAMI = "minami"
        JONAN = "jonan"
        SAWARA = "sawara"
        NISHI = "nishi"

else:
    # Another city has others: they are what its file says (`organisation.toml`), and as fixed as any list here while a process runs.
    Ward = StrEnum("Ward", {ward.code.upper(): ward.code for ward in ORGANISATION.wards}, module=__name__)
    Ward.__doc__ = "The wards (区) of the city, as its file has them."


class Sex(StrEnum):
    """Sex as the resident register records it."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class DatePrecision(StrEnum):
    """How much of a date the register knows: 不詳 stands on the certificates of many adults."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Relationship(StrEnum):
    """続柄, reduced to what linkage needs: who heads the household, who is the spouse, who is a child of the head."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    GRANDCHILD = "grandchild"
    PARENT = "parent"
    OTHER = "other"


class IndicatorValue(StrEnum):
    """The four values of an indicator (`domain.md` §2.2): 該当, 非該当, 不明, 対象外."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    UNKNOWN = "UNKNOWN"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Group(StrEnum):
    """Groups of indicators that avoid counting one circumstance twice (`domain.md` §2.7)."""

    PERI = "PERI"
    CHK = "CHK"
    GROW = "GROW"
    DIS = "DIS"
    SCH = "SCH"
    ECON = "ECON"
    CONN = "CONN"
    CARE = "CARE"


class CaseState(StrEnum):
    """Where a case stands (`casework.md` §2.2)."""

    NOTICED = "noticed"
    INVESTIGATION = "investigation"
    CONFERENCE = "conference"
    APPROACH = "approach"
    ASSESSMENT = "assessment"
    PLANNING = "planning"
    SUPPORT = "support"
    WATCH_OVER = "watch_over"
    DEFERRED = "deferred"
    CLOSED = "closed"


class CaseOutcome(StrEnum):
    """How a case ended (`casework.md` §2.5). Who could not be reached is unknown, and never counts as not in need."""

    NEEDED = "needed"
    WATCH = "watch"
    ALREADY_SUPPORTED = "already_supported"
    NOT_NEEDED = "not_needed"
    DATA_ERROR = "data_error"
    NOT_REACHED = "not_reached"
    MOVED_OUT = "moved_out"
    GUIDANCE_CENTER = "guidance_center"
    CAME_OF_AGE = "came_of_age"


class Observation(StrEnum):
    """What staff saw or did of a child that rules may use (`domain.md` §2.8-22, S13): never what anybody said or wrote."""

    MET = "met"
    """The family was met."""
    SUPPORTED = "supported"
    """Support was decided, or was given until that day."""
    ENROLLED_ELSEWHERE = "enrolled_elsewhere"
    """The child attends a place of which no feed tells, such as 企業主導型."""
    ENROLLED_NOWHERE = "enrolled_nowhere"
    """It attends none: what was seen before holds no more."""


class DisputeKind(StrEnum):
    """What staff say of the record behind a reason (`domain.md` §4.7)."""

    WRONG = "wrong"
    OUTDATED = "outdated"


class OwnerAnswer(StrEnum):
    """What the owner of a source says of a record that staff call wrong or outdated."""

    LOOKING = "looking"
    """It is looked for; another answer follows."""
    CORRECTED = "corrected"
    """It was wrong. The corrected record comes as every record does."""
    RIGHT = "right"
    """It is right as it is."""


class Need(StrEnum):
    """What people found a child to need when they had looked."""

    SUPPORT = "support"
    WATCH = "watch"
    NOTHING = "nothing"


class Section(StrEnum):
    """
    Sections whose staff may be registered: a ward's three that confer (PUSH-02), those of the city hall, and the child guidance centre.

    The units that hold the sources (ROLE-02) are one of them: which unit holds which, and who of it answers for it, is ingest's register.
    """

    CHILDCARE_SUPPORT = "childcare_support_section"
    COMMUNITY_HEALTH_WELFARE = "community_health_welfare_section"
    HEALTH = "health_section"
    CHILD_FAMILY_DIVISION = "child_family_division"
    INFORMATION_SECURITY = "information_security"
    DATA_OWNER = "data_owner_section"
    GUIDANCE_CENTER = "guidance_center"


class Role(StrEnum):
    """What a registered member of staff may do (`casework.md` §2.3)."""

    WARD_CLERK = "ward_clerk"
    WARD_LEAD = "ward_lead"
    COORDINATOR = "coordinator"
    SECURITY_OFFICER = "security_officer"
    PRIVACY_OFFICER = "privacy_officer"
    DATA_OWNER = "data_owner"
    LINKAGE_CLERK = "linkage_clerk"
    GUIDANCE_WORKER = "guidance_worker"
