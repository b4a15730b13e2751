"""
Which sources, event types and items there are.

Generated from the catalogue (`contracts/catalogue/sources`, `items`) by `python -m contracts.generate`: change the TOML files, never this.
"""

from enum import StrEnum


class Source(StrEnum):
    """The rows of the city's table of source systems, in its order (FEED-01 …)."""

    RESIDENT_REGISTRY = "resident_registry"
    PUBLIC_ASSISTANCE = "public_assistance"
    MATERNAL_CHILD_HEALTH = "maternal_child_health"
    CHILD_ALLOWANCES = "child_allowances"
    SPECIAL_CHILD_ALLOWANCE = "special_child_allowance"
    SINGLE_PARENT_LOAN = "single_parent_loan"
    CHILDCARE = "childcare"
    MEDICAL_SUBSIDY = "medical_subsidy"
    DISABILITY = "disability"
    LONG_TERM_CARE = "long_term_care"
    PUPIL_REGISTRY = "pupil_registry"
    SCHOOL_AFFAIRS = "school_affairs"
    LIFESTYLE_LEARNING_SURVEY = "lifestyle_learning_survey"
    SCHOOL_AID = "school_aid"
    SCHOOL_LUNCH_FEE = "school_lunch_fee"
    CHILD_CONSULTATION = "child_consultation"


class EventKind(StrEnum):
    """What the sources say: every event type of every source, and the watermark that all of them send."""

    RESIDENT_CHANGED = "resident.changed"
    RESIDENT_PROTECTION_MEASURE = "resident.protection_measure"
    SCHOOL_REGISTER_CHANGED = "school_register.changed"
    PUBLIC_ASSISTANCE_MEMBER_CHANGED = "public_assistance.member_changed"
    PREGNANCY_NOTIFIED = "pregnancy.notified"
    PREGNANCY_ENDED = "pregnancy.ended"
    PRENATAL_EXAM_RECORDED = "prenatal_exam.recorded"
    POSTPARTUM_CHECKUP_RECORDED = "postpartum_checkup.recorded"
    INFANT_CHECKUP_RECORDED = "infant_checkup.recorded"
    ALLOWANCE_ENTITLEMENT_CHANGED = "allowance.entitlement_changed"
    LOAN_CHANGED = "loan.changed"
    CHILDCARE_USE_CHANGED = "childcare.use_changed"
    MEDICAL_SUBSIDY_CHANGED = "medical_subsidy.changed"
    DISABILITY_CERTIFICATE_CHANGED = "disability.certificate_changed"
    LONG_TERM_CARE_CERTIFICATION_CHANGED = "long_term_care.certification_changed"
    PUPIL_REGISTERED = "pupil.registered"
    ATTENDANCE_MONTH_REPORTED = "attendance.month_reported"
    SCHOOL_HEALTH_EXAM_RECORDED = "school_health.exam_recorded"
    SURVEY_RESULT_RECORDED = "survey.result_recorded"
    SCHOOL_AID_DECIDED = "school_aid.decided"
    LUNCH_FEE_ARREARS_CHANGED = "lunch_fee.arrears_changed"
    CONSULTATION_STATUS_CHANGED = "consultation.status_changed"
    FEED_WATERMARK = "feed.watermark"


class Item(StrEnum):
    """The 基本連携データ項目 that this release computes, in the order of the city's list (ITEM-03a …)."""

    CHECKUP_4M_NOT_RECEIVED = "checkup_4m_not_received"
    CHECKUP_18M_NOT_RECEIVED = "checkup_18m_not_received"
    CHECKUP_3Y_NOT_RECEIVED = "checkup_3y_not_received"
    INFANT_LOW_WEIGHT = "infant_low_weight"
    SCHOOL_LOW_WEIGHT = "school_low_weight"
    DEVELOPMENTAL_DISORDER_WITH_HANDBOOK = "developmental_disorder_with_handbook"
    DISABILITY_CERTIFICATE_HISTORY = "disability_certificate_history"
    SCHOOL_ABSENCE_HIGH = "school_absence_high"
    SCHOOL_TARDINESS_HIGH = "school_tardiness_high"
    LATE_PREGNANCY_NOTIFICATION = "late_pregnancy_notification"
    NO_PRENATAL_CHECKUPS = "no_prenatal_checkups"
    EPDS_HIGH = "epds_high"
    HOUSEHOLD_PUBLIC_ASSISTANCE = "household_public_assistance"
    GUARDIAN_CHILD_REARING_ALLOWANCE = "guardian_child_rearing_allowance"
    LUNCH_FEE_ARREARS = "lunch_fee_arrears"
    SCHOOL_AID = "school_aid"
    LIFESTYLE_SURVEY_CONCERN = "lifestyle_survey_concern"
    LEARNING_ACHIEVEMENT_LOW = "learning_achievement_low"
    MEDICAL_SUBSIDY = "medical_subsidy"
    NOT_ENROLLED = "not_enrolled"
    NO_MUNICIPAL_CONTACT = "no_municipal_contact"
    CONSULTATION_ACTIVE = "consultation_active"
    SPECIAL_CHILD_ALLOWANCE = "special_child_allowance"
    SINGLE_PARENT_LOAN = "single_parent_loan"
    CHILD_ALLOWANCE = "child_allowance"
    MEDICAL_SUBSIDY_DISABILITY = "medical_subsidy_disability"
