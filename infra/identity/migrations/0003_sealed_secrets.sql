-- Authenticators' secrets are sealed with a key that no database knows. What is readable from before is sealed by the first service that
-- opens this schema (infra/identity/registration.py), and nothing readable can be written any more.
alter table staff
    alter column totp_secret drop not null,
    add column totp_sealed bytea,
    add check (totp_secret is not null or totp_sealed is not null),
    add constraint secret_is_sealed check (totp_secret is null) not valid;

-- Whoever changes a registration, an administrator with another search path too, ends its sessions.
create or replace function end_session() returns trigger language plpgsql as $$
begin
    delete from identity.session where staff_id = new.id;
    delete from identity.known_place where staff_id = new.id;
    return null;
end
$$;

-- That a secret is sealed ends nothing; that it is another does.
drop trigger rights_changed on staff;
create trigger rights_changed after update of section, ward, roles, active, password_hash, totp_sealed, training_valid_until on staff
for each row when (
    (old.section, old.ward, old.roles, old.active, old.password_hash, old.training_valid_until)
    is distinct from
    (new.section, new.ward, new.roles, new.active, new.password_hash, new.training_valid_until)
    or old.totp_secret is null and old.totp_sealed is distinct from new.totp_sealed
) execute function end_session();
