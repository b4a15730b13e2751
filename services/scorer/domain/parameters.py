"""Every threshold of the rules, in one place and versioned: none of them is a constant in the code (`domain.md` §2.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.catalogue import ITEMS
from contracts.feeds import FRESH_WITHIN_DAYS, silent_from
from contracts.values import Item, Source


@dataclass(frozen=True, slots=True)
class CheckupWindow:
    """The observation window of one checkup, half-open, in months of age."""

    item: Item
    checkup_type: str
    start_months: int
    end_months: int
    soft_overdue_months: int
    """Months after the window's start from which the health section's own worklist shows the child; never a review."""


FUKUOKA_WINDOWS = (
    CheckupWindow(Item.CHECKUP_4M_NOT_RECEIVED, "4m", 4, 6, 2),
    CheckupWindow(Item.CHECKUP_18M_NOT_RECEIVED, "18m", 18, 24, 4),
    CheckupWindow(Item.CHECKUP_3Y_NOT_RECEIVED, "3y", 36, 48, 4),
)
"""Fukuoka: 生後おおむね4か月から6か月 and 1歳6か月～2歳 (`domain.md` §9, 12 and 13); 3歳 by 母子保健法12条."""


@dataclass(frozen=True, slots=True)
class SchoolCount:
    """When the days absent, or the times late, of a school year are many."""

    high_from: int = 30
    """So many in a school year are many at any time; once reached, the answer stays for the year."""
    share_of_year: int = 30
    """Many in proportion: as many in the days so far as these would be in a whole year; `share_least` at least."""
    share_least: int = 5


GUIDELINE_WINDOWS = (CheckupWindow(Item.CHECKUP_4M_NOT_RECEIVED, "4m", 3, 5, 2), *FUKUOKA_WINDOWS[1:])
"""The national guideline's 3～4か月児健診; the other two are the same."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """
    What the city may tune. A change is a new `version`; every evaluation names the one that it was made with.

    Sources: windows, see FUKUOKA_WINDOWS; `late_from_weeks`, the ministry recommends notification by 11 weeks (§2.5-15);
    `epds_high_from`, the Japanese cut-off of 9 of 30 (§2.5-17); everything else is the proposal of `domain.md` §2.5.
    """

    version: str = "2026-9"
    windows: tuple[CheckupWindow, ...] = FUKUOKA_WINDOWS
    checkup_grace_days: int = 60
    """Days after a window in which results still arrive."""
    checkup_early_days: int = 31
    """A checkup that was held this many days before its window still counts."""
    late_from_weeks: int = 12
    """Completed weeks at the handbook's issue from which a notification is late."""
    claims_grace_days: int = 120
    """Days after the birth in which claims for prenatal exams still arrive."""
    mother_resident_from_weeks: int = 20
    """The mother's residence must be complete from here to the birth, or no exam on record proves nothing."""
    pregnancy_counted_months: int = 36
    """Age up to which items 15 and 16 count."""
    epds_high_from: int = 9
    epds_counted_months: int = 12
    """Age up to which item 17 counts."""
    epds_by_kinship_months: int = 12
    """Without a linked pregnancy, a postpartum exam of the certain mother up to this age of the child is about this birth (§2.8-5)."""
    unlinked_postpartum_days: int = 120
    """A postpartum exam that names only the mother belongs to the birth of this many days before it."""
    unlinked_prenatal_days: int = 300
    """A prenatal exam that names only the mother belongs to a birth within this many days, if no due date is known."""
    one_birth_days: int = 14
    """Births of one mother that are at most so many days apart are one birth: twins around midnight, or later."""
    absence: SchoolCount = SchoolCount()
    """
    Item 12. 30 days a year are the national definition of 不登校, though that leaves out illness and economic reasons, and the item does
    not. What is proportional is the proposal of §2.5-12.
    """
    tardiness: SchoolCount = SchoolCount()
    """Item 13. There is no national threshold: the proposal of §2.5-13, with parameters of its own."""
    school_days_a_year: int = 200
    school_days_of_year: Mapping[int, int] = field(default_factory=dict, hash=False)
    """Expected school days of school years that have another number."""
    share_from: tuple[int, int] = (5, 31)
    """Month and day from which what is proportional is judged: two months are enough to be one. Up to this day the year before is shown."""
    month_longest_days: int = 31
    """More school days or absences than this in one month, over all schools, are a mistake (§2.8-17)."""
    absence_severe_from: int = 90
    absence_hardly_attended: int = 10
    """The ministry's bands: from 90 days on, and of these who attended 10 days or fewer, or none (§2.5-12)."""
    weight_references: tuple[tuple[date, str], ...] = ((date.min, "JP2010"),)
    """
    From which day of an exam on which table of weights is used (§3). `JP2023` follows from 2025-04-01, once its table is obtained: the
    handbook of R7 has its curves, but its figures are not published in a form that could be taken over.
    """
    low_weight_checkups: frozenset[str] = frozenset({"18m", "3y"})
    low_weight_from_months: int = 18
    """The checkups whose weight is item 9a, and the age of the first of them."""
    low_weight_counted_to: tuple[int, int] = (7, 1)
    """Month and day of the first school year from which 9a does not count any more: by then every school has examined (§2.8-20)."""
    plausible_of_percentiles: tuple[float, float] = (0.6, 1.7)
    """A weight below the first of the 3rd, or above the second of the 97th percentile, is quarantined (§2.5-9a)."""
    plausible_weight_kg: tuple[float, float] = (1.0, 60.0)
    """So is one of 1 kg or less or of more than 60 kg at an infant's checkup."""
    plausible_fall: float = 0.2
    """So is one that is more than this share below the measurement before it."""
    plausible_of_standard: tuple[float, float] = (0.5, 2.5)
    """
    At school in the place of the percentiles, which end at 6 years and 6 months: of the standard weight for the height. 0.6 of the 3rd
    and 1.7 of the 97th percentile are about as much of it (§2.8-20).
    """
    plausible_school_weight_kg: tuple[float, float] = (1.0, 200.0)
    """60 kg is nothing unusual at junior high school."""
    plausible_school_height_cm: tuple[float, float] = (70.0, 220.0)
    """Assumed: a height of 13.8 cm is a slip."""
    rohrer_low_below: float = 100.0
    """Item 9b: the usual class やせすぎ (§2.5-9b)."""
    school_exam_holds_months: int = 18
    """A school exam says nothing of a later day (§2.8-20)."""
    school_exam_by: tuple[int, int] = (7, 1)
    """First day of a school year by which schools have examined: until 30 June (学校保健安全法施行規則5条)."""
    handbook_months: int = 24
    """How long a handbook without an end holds: it is renewed every two years (§2.5-10, §2.8-20)."""
    not_enrolled_from_class_age: int = 3
    not_enrolled_resident_days: int = 90
    """City item `not_enrolled`: class ages 3 to 5, and who has lived here for so long (§2.6)."""
    contact_months: int = 12
    """City item `no_municipal_contact`: so long nothing was heard of a child (§2.6)."""
    survey_concern_from: int = 3
    """City item `lifestyle_survey_concern`: so many of the configured answers. §2.6 leaves the number to the city: assumed."""
    learning_low_to: int = 35
    learning_fall_from: int = 10
    """City item `learning_achievement_low`: a standard score of so much or less, or so much less than in the year before (§2.6)."""
    lunch_dues_from: int = 2
    lunch_overdue_days: int = 60
    """City item `lunch_fee_arrears`: so many monthly dues that are unpaid so long after they were due (§2.6)."""
    moves_from: int = 3
    moves_months: int = 24
    """City item `frequent_moves`: so many moves in so many months (§2.6; used by other cities)."""
    care_level_from: int = 2
    """City item `care_recipient_in_household`: from 要介護 of this level on somebody has to care (§2.6)."""
    care_able_adults_most: int = 1
    """So few other adults of the household who need no care themselves are few (§2.6)."""
    care_adult_years: int = 18
    """The age from which somebody counts as an adult: full age (民法4条)."""
    approved: Mapping[Item, date] = field(default_factory=dict, hash=False)
    """From when on items of the city's own are used. One that is not named is off (§2.6, §2.8-22)."""
    scored_born_from: date = date(2004, 4, 2)
    """Persons born earlier were out of scope before the programme's first list (1 April 2020) and are never evaluated."""
    fresh_within_days: Mapping[Source, int] = field(default_factory=lambda: FRESH_WITHIN_DAYS, hash=False)
    """How long what is concluded from absence holds after the feed's watermark (§2.8-1)."""
    complete_from: Mapping[Source, date] = field(default_factory=dict, hash=False)
    """Since when each feed is complete; absence before it proves nothing (§2.8-15). A feed that is not named is complete for all time."""

    notifications_from: date = date(2024, 4, 1)
    """
    Since when notifications of pregnancies are complete: a pregnancy that nobody heard of and that was halfway earlier proves nothing.
    Without a beginning, the first night would list every child who was born before the feed (§2.8-15). The wards' こども家庭センター,
    where every pregnancy is notified, exist since that day (REF-03).
    """

    def __hash__(self) -> int:
        """Of a few that differ: what is remembered by parameters asks for it again and again, and there are ever two or three."""
        return hash((self.version, self.checkup_grace_days, self.epds_high_from))

    def weight_reference(self, exam_on: date) -> str:
        """The version of the table of weights for an exam of that day."""
        return max(each for each in self.weight_references if each[0] <= exam_on)[1]

    def silent_on(self, source: Source, delivered: date) -> date:
        """The first day on which `source` counts as silent, if it delivers nothing beyond `delivered`."""
        return silent_from(delivered, self.fresh_within_days[source])


APPROVED = dict.fromkeys((item for item, entry in ITEMS.items() if entry.is_local), date(2020, 4, 1))
"""What the invented city has approved: with the programme's first list."""

FUKUOKA = Parameters(approved=APPROVED)
GUIDELINE = Parameters(version="2026-9-guideline", windows=GUIDELINE_WINDOWS, approved=APPROVED)
