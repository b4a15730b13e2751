"""What the city's staff do in casework to run the programme itself: reports, dates, meetings, issues. Nothing here is about a child."""

from contracts.deeds.casework import WHY_REFUSED
from contracts.deeds.deed import Deed, Keeping, ThingKind

NO_SUCH_WEEK = {"no_such_week": "その週の報告は作られていない"}

WEEKLY_REPORT_OPENED = Deed(
    "programme.weekly_report_opened",
    Keeping.ACCESS,
    of=(ThingKind.WEEKLY_REPORT,),
    screen="週次報告",
    done="週次報告を見た",
    attempted="週次報告を見ようとした",
    fields={"figures": "区ごとの数"},
    reasons=WHY_REFUSED,
)

WEEKLY_REPORT_PRINTED = Deed(
    "programme.weekly_report_printed",
    Keeping.ACCESS,
    of=(ThingKind.WEEKLY_REPORT,),
    screen="週次報告",
    done="週次報告をPDFにした",
    attempted="週次報告をPDFにしようとした",
    fields={"figures": "区ごとの数"},
    reasons={**WHY_REFUSED, **NO_SUCH_WEEK},
)

WEEKLY_REPORT_TAKEN = Deed(
    "programme.weekly_report_taken",
    Keeping.ACCESS,
    of=(ThingKind.WEEKLY_REPORT,),
    screen="週次報告",
    done="週次報告をCSVで受け取った",
    attempted="週次報告をCSVで受け取ろうとした",
    fields={"figures": "区ごとの数"},
    reasons={**WHY_REFUSED, **NO_SUCH_WEEK},
)

PROGRAMME_OPENED = Deed(
    "programme.programme_opened",
    Keeping.ACCESS,
    of=(ThingKind.PROGRAMME,),
    screen="事業の予定",
    done="事業の予定を見た",
    attempted="事業の予定を使おうとした",
    fields={"programme_steps": "予定"},
    reasons=WHY_REFUSED,
)

PROGRAMME_CHANGED = Deed(
    "programme.programme_changed",
    Keeping.DECISION,
    of=(ThingKind.PROGRAMME,),
    screen="事業の予定",
    done="事業の予定を変えた",
    attempted="事業の予定を変えようとした",
    reasons={
        "cycle_begun": "年度の予定を作った",
        "step_added": "予定を加えた",
        "step_changed": "期限や担当を変えた",
        "step_done": "終わったと記録した",
        "step_opened_again": "終わったという記録を取り消した",
    },
)

MEETINGS_OPENED = Deed(
    "programme.meetings_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_BOARD,),
    screen="検討会",
    done="検討会の記録を見た",
    attempted="検討会の画面を使おうとした",
    fields={"meetings": "検討会の記録"},
    reasons=WHY_REFUSED,
)

BOARD_CHANGED = Deed(
    "programme.board_changed",
    Keeping.DECISION,
    of=(ThingKind.REVIEW_BOARD,),
    screen="検討会",
    done="検討会の記録を書いた",
    attempted="検討会の記録を書こうとした",
    reasons={"meeting_added": "会議を加えた", "meeting_written": "会議の記録を書き直した"},
)

ISSUES_OPENED = Deed(
    "programme.issues_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_BOARD,),
    screen="課題",
    done="課題の一覧を見た",
    attempted="課題の画面を使おうとした",
    fields={"issues": "課題"},
    reasons=WHY_REFUSED,
)

ISSUE_CHANGED = Deed(
    "programme.issue_changed",
    Keeping.DECISION,
    of=(ThingKind.REVIEW_BOARD,),
    screen="課題",
    done="課題の状態を変えた",
    attempted="課題の状態を変えようとした",
    reasons={
        "issue_raised": "課題を挙げた",
        "issue_doing": "対応中にした",
        "issue_settled": "解決したとした",
        "issue_dropped": "対応しないとした",
    },
)

SURVEYS_OPENED = Deed(
    "programme.surveys_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_BOARD,),
    screen="アンケート",
    done="アンケートの画面を見た",
    attempted="アンケートの画面を使おうとした",
    fields={"surveys": "アンケート"},
    reasons=WHY_REFUSED,
)

SURVEY_CHANGED = Deed(
    "programme.survey_changed",
    Keeping.DECISION,
    of=(ThingKind.REVIEW_BOARD,),
    screen="アンケート",
    done="アンケートを始めた、または答えた",
    attempted="アンケートを始めるか、答えようとした",
    reasons={"survey_made": "アンケートを始めた", "survey_answered": "アンケートに答えた"},
)
