#!/bin/sh
# Every text that people read has its French: tests/lint/french.pl says which has none.
set -eu

cd "$(dirname "$0")/../.."
exec perl tests/lint/french.pl
