-- Whether somebody works with a review: it is still that ward's, and of a protected child only a holder does, which the walls tell that one alone.
(review.assigned_ward = review.ward and (not review.protected or exists (
    select from whereabouts_holder as holder where holder.person_id = review.person_id and holder.staff_id = review.assigned_to
)))
