-- A unit of work takes a lane that no other holds: so many can run side by side that none need wait for a number.
insert into audit_lane select lane, 0 from generate_series(8, 31) as lane;
