"""`python -m infra`: the command line `tsunagu`."""

from infra.command_line import main

if __name__ == "__main__":
    main()
