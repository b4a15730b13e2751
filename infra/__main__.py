"""`python -m infra`: the command line `tsunagu`."""

from infra.cycles import seldom_look_for_cycles

if __name__ == "__main__":
    seldom_look_for_cycles()
    from infra.command_line import main

    main()
