"""`python -m tabgan_cli`, as `torchrun -m tabgan_cli fit TABLE` needs it."""

from tabgan_cli.app import main

if __name__ == "__main__":
    main()
