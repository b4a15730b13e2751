-- Requests for disclosure, correction and suspension (開示・訂正・利用停止請求; 個人情報の保護に関する法律76条から103条). Every word of one is a row,
-- and none is changed or taken away before its years are over. Who asks and of whom stands here and nowhere else: the log has numbers.
create sequence privacy_request_number;
create table privacy_request (
    request_id uuid primary key,
    number text not null unique,
    kind text not null check (kind in ('disclosure', 'correction', 'suspension')),
    received_on date not null,
    -- As what somebody asks: in the own name, as legal representative, or by a mandate (76条2項).
    capacity text not null check (capacity in ('self', 'legal_representative', 'agent')),
    requester text not null check (requester <> ''),
    subject text not null check (subject <> ''),
    wanted text not null check (wanted <> ''),
    -- Since when the record is known to whoever asks: correction and suspension within 90 days (90条3項, 98条3項).
    disclosed_on date
);
create table privacy_request_word (
    request_id uuid not null references privacy_request,
    version integer not null check (version > 0),
    does text not null,
    details json not null,
    -- Of a decision: which proposal it is about, and whose that was.
    of_version integer,
    of_staff uuid,
    made_at timestamptz not null,
    made_by uuid not null,
    made_by_name text not null,
    primary key (request_id, version),
    unique (request_id, version, made_by),
    -- Whoever proposed does not decide: what the program says of it is held to the row of the proposal.
    foreign key (request_id, of_version, of_staff) references privacy_request_word (request_id, version, made_by),
    check (does <> 'decide' or (of_version is not null and of_staff is not null and of_staff <> made_by))
);
-- Of whom it is in this system, as found by number and birth date, and who asks, where the register knows that; newest counts.
create table privacy_request_person (
    request_id uuid primary key references privacy_request,
    person_id uuid,
    requester_id uuid
);
-- By the number and birth date on a request a child is found, in a table of all people of the city.
create index person_name_number on person_name (person_no);

alter table privacy_request enable row level security;
alter table privacy_request force row level security;
alter table privacy_request_word enable row level security;
alter table privacy_request_word force row level security;
alter table privacy_request_person enable row level security;
alter table privacy_request_person force row level security;
create policy who_keeps_reads on privacy_request for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy who_keeps_receives on privacy_request for insert with check (
    (select current_setting('tsunagu.actor', true)) in ('coordinator', 'privacy_officer')
);
create policy who_keeps_reads on privacy_request_word for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy who_keeps_writes on privacy_request_word for insert with check (
    (select current_setting('tsunagu.actor', true)) = 'privacy_officer'
    or ((select current_setting('tsunagu.actor', true)) = 'coordinator' and does not in ('decide', 'send_back', 'reconsider'))
);
-- Who it is in the register is for the system alone: neither of the two who keep requests sees the children of the wards.
create policy the_system on privacy_request_person using ((select current_setting('tsunagu.actor', true)) = 'system');
