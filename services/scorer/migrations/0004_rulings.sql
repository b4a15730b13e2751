-- What the rulings of `domain.md` §2.8 need: what is in hand, whose mother, who is separated, and answers that rest on a feed.

-- The day of which the owner says a record: a row said since a protection measure began is the owner's answer to it.
alter table fact add column said_on date;
-- Which welfare case it is of, without its number.
alter table fact add column case_id uuid;

-- The certain mother, also where no pregnancy is linked.
alter table kinship add column mother_id uuid;
create index kinship_mother on kinship (mother_id) where mother_id is not null;

-- How many facts of a person were heard, how many the linker said there are, and the version of the person that was decided with the
-- newest of them: while one of the two is behind, absence proves nothing.
create table fact_count (
    person_id uuid primary key,
    heard integer not null default 0,
    told integer not null default 0,
    person_version integer not null default 0
);

-- How many records of a source are held that may concern a person.
create table in_hand (
    source text not null,
    person_id uuid not null,
    version integer not null,
    records integer not null,
    primary key (source, person_id)
);
create index in_hand_person on in_hand (person_id) where records > 0;

-- The same where it cannot be told whom they concern. It comes once on each partition, behind that partition's facts: one that
-- came begins to count at once, one that ended when all partitions have said so.
create table in_hand_anybody (
    source text not null,
    version integer not null,
    event_id uuid not null,
    records integer not null,
    primary key (source, version, event_id)
);

-- What the scorer itself put aside: a fact blocks its person in its source, a person or a kinship (no source) in all of them.
create table held (
    event_id uuid primary key,
    person_id uuid not null,
    source text
);
create index held_person on held (person_id);

create table protection (
    measure_id uuid primary key,
    version integer not null,
    valid_from date not null,
    valid_to date,
    protected uuid[] not null,
    opponents uuid[] not null,
    voided boolean not null
);
create index protection_protected on protection using gin (protected);
create index protection_opponents on protection using gin (opponents);

-- The first day on which the feed counts as silent; empty once that was carried out.
alter table watermark add column silent_on date;
update watermark set silent_on = complete_through + 8;

-- `known_at` is since when the answer is known; `written_at` since when this row says it: more evidence is a new row and no new answer.
alter table evaluation add column written_at timestamptz;
update evaluation set written_at = known_at;
alter table evaluation alter column written_at set not null;
alter table evaluation add column stale_since date;
alter table evaluation add column rests_on_feed boolean not null default false;
update evaluation set rests_on_feed = true
where superseded_at is null
    and reason_code in ('not_received', 'no_exam_on_record', 'no_record', 'receiving', 'not_receiving', 'suspended');
drop index evaluation_history;
create index evaluation_history on evaluation (person_id, written_at);
create index evaluation_resting on evaluation (item) where superseded_at is null and rests_on_feed;
create index evaluation_stale on evaluation (item) where superseded_at is null and stale_since is not null;
create index evaluation_in_hand on evaluation (item) where superseded_at is null and reason_code = 'record_in_hand';
create index evaluation_separated on evaluation (person_id) where superseded_at is null and reason_code = 'protected_separation';

-- Children whose evaluation failed: since the first day on which it did; empty once it worked again.
create table overdue (
    person_id uuid primary key,
    since date,
    version integer not null
);
