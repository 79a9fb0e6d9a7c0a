import sys

from fanwire.cli import main

if __name__ == "__main__":
    sys.exit(main())
