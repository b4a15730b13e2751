-- Every paper has a number of its own, which the audit log knows (casework.md §6.1). Who was refused leaves a gap.
create sequence paper_number;
