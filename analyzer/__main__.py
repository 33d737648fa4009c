"""`python -m analyzer` is `lostwrite`."""

from analyzer.start import main

if __name__ == "__main__":
    main()
