"""What people decide about who is who. What the linker links by itself is no entry: there are millions, each with its rule."""

from contracts.deeds.deed import Deed, Keeping, ThingKind

REVISION_SAME = Deed(
    "linker.revision_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_REVISION,),
    screen="名寄せの確認",
    done="住民記録の訂正を同じ人のものと認めた",
    attempted="住民記録の訂正を同じ人のものと認めようとした",
    by_ticket=True,
)

REVISION_OTHER = Deed(
    "linker.revision_other",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_REVISION,),
    screen="名寄せの確認",
    done="住民記録の訂正を別の人のものとして除いた",
    attempted="住民記録の訂正を別の人のものとして除こうとした",
    by_ticket=True,
)

NUMBER_SAME = Deed(
    "linker.number_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_NUMBER,),
    screen="名寄せの確認",
    done="記録の宛名番号を同じ人のものと認めた",
    attempted="記録の宛名番号を同じ人のものと認めようとした",
    by_ticket=True,
)

NUMBER_OTHER = Deed(
    "linker.number_other",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_NUMBER,),
    screen="名寄せの確認",
    done="記録の宛名番号を別の人のものとした",
    attempted="記録の宛名番号を別の人のものとしようとした",
    by_ticket=True,
)

_NOT_POSSIBLE = {"role": "その役割では使えない", "one_person": "2人で決める必要がある"}

PERSONS_SAME = Deed(
    "linker.persons_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_ENTRY,),
    screen="名寄せの確認",
    done="住民記録の2件を同じ人のものとした",
    attempted="住民記録の2件を同じ人のものとしようとした",
    reasons=_NOT_POSSIBLE,
    by_ticket=True,
)

PERSONS_SAME_CONFIRMED = Deed(
    "linker.persons_same_confirmed",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_ENTRY,),
    screen="名寄せの確認",
    done="住民記録の2件が同じ人のものであることを、2人目として確認した",
    attempted="住民記録の2件が同じ人のものであることを、2人目として確認しようとした",
    reasons=_NOT_POSSIBLE,
    by_ticket=True,
)

PERSONS_NOT_SAME = Deed(
    "linker.persons_not_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_ENTRY,),
    screen="名寄せの確認",
    done="住民記録の2件を別の人のものとした",
    attempted="住民記録の2件を別の人のものとしようとした",
    reasons=_NOT_POSSIBLE,
    by_ticket=True,
)
