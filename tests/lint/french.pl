#!/usr/bin/perl
# Every text that people read from `lisolo check` and its like has French beside its English. This reads the English literals of the
# calls that report problems or translate, and the tables core/base/french_*.c, and lists what has no French. The other way round
# too: French whose English nobody says any more.
use strict;
use warnings;

# which arguments of a call are texts, counted from 0; a single word is one only as the kind of a name
my %calls = (
    problems_add => [6, 7], flow_report => [3, 4], report => [5, 6], problems_text => [1], problem_text_in => [1], say_text => [0],
    find => [4, 5, 6], at_choice => [4, 5], complain => [2, 3], lint_length => [1], failure_raise => [2], wrong => [3, 4], need => [2, 3],
    fail => [3], flow_read_name => [3], words_of => [3], kind_of => [],
);
my @folders = qw(core/flow core/wording core/script core/cli);
my (%said, %french);

sub literal {    # "a" "b" -> ab; undef when it is no literal
    my ($text) = @_;
    my $out = '';
    $text =~ s/^\s+|\s+$//g;
    return undef unless $text =~ /^(?:"(?:[^"\\]|\\.)*"\s*)+$/s;
    $out .= $1 while $text =~ /"((?:[^"\\]|\\.)*)"/gs;
    return $out;
}

sub arguments {    # the text behind an opening bracket, split at its commas
    my ($text) = @_;
    my $depth = 0;
    my $part = '';
    my @parts;
    while ($text =~ /\G("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|.)/gs) {
        my $c = $1;
        if ($c eq ')' && $depth == 0) { push @parts, $part; return @parts }
        $depth++ if $c =~ /^[(\[{]$/;
        $depth-- if $c =~ /^[)\]}]$/;
        if ($c eq ',' && $depth == 0) { push @parts, $part; $part = '' } else { $part .= $c }
    }
    return ();
}

sub is_code {    # what one types: `f:ask \"nom\" { … }`, `GET = …`, a key, a list of properties
    my ($text) = @_;
    return 1 if $text =~ /^\{\w+\|/ && $text !~ / or /;
    return $text =~ /^(?:[a-z]+[_.]\w+|_G|_ENV|[CEMT]\d+)$|^[\w.]+ = |^[\w:]+ (?:\\"[^"]*\\" )?\{|^\{ |^one_of \{|^f\.\w+, f\./;
}

sub note {    # a literal, or the ones of a ? b : c
    my ($file, $line, $text, $words) = @_;
    my $one = literal($text);
    my @all = defined $one ? ($one) : $text =~ /\?/ ? ($text =~ /((?:"(?:[^"\\]|\\.)*"\s*)+)/gs) : ();
    for (@all) {
        my $t = defined $one ? $_ : literal($_);
        $said{$t} //= "$file:$line" if $t =~ /[A-Za-z]{2}/ && ($t =~ /^[a-z]+$/ ? $words : !is_code($t));
    }
}

for my $file (map { glob "$_/*.c" } @folders) {
    open my $in, '<', $file or die "$file: $!";
    local $/;
    my $code = <$in>;
    $code =~ s{/\*.*?\*/}{my $c = $&; $c =~ s/[^\n]//g; $c}gse;
    while ($code =~ /\b(\w+)\(/g) {
        my $name = $1;
        next unless $calls{$name};
        next if $name =~ /^(?:fail|need|find|wrong)$/ && $file !~ m{core/(?:flow|wording)/|core/script/declare\.c};
        my $line = 1 + (substr($code, 0, pos $code) =~ tr/\n//);
        my @parts = arguments(substr $code, pos $code);
        note($file, $line, $parts[$_] // '', $name =~ /^(?:flow_read_name|words_of)$/) for @{ $calls{$name} };
    }
}

# texts that stand in tables
my %tables = ('core/wording/filter.c' => 'FORMAT_FACTS\[FORMATS\]', 'core/flow/read.c' => 'NAMES\[\]', 'core/script/library.c' => 'INSTEAD\[\]',
              'core/flow/sources.c' => 'NEEDED\[\]', 'core/cli/explain_pages.c' => 'FAMILIES\[\]');
for my $file (sort keys %tables) {
    open my $in, '<', $file or die "$file: $!";
    local $/;
    my $code = <$in>;
    $code =~ /$tables{$file} = \{(.*?)\n?\s*\};/s or do { print "$file: the table $tables{$file} is not there\n"; exit 1 };
    my ($table, $line) = ($1, 1 + (substr($code, 0, $-[1]) =~ tr/\n//));
    note($file, $line, $1) while $table =~ /((?:"(?:[^"\\]|\\.)*"\s*)+)/gs;
}

for my $file (glob 'core/base/french_*.c') {
    open my $in, '<', $file or die "$file: $!";
    local $/;
    my $code = <$in>;
    while ($code =~ /\{\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}/gs) {
        my ($english, $words) = (literal($1), literal($2));
        print "$file: twice: \"$english\"\n" and $main::bad = 1 if exists $french{$english};
        $french{$english} = $words;
    }
}

our $bad //= 0;
for (sort { $said{$a} cmp $said{$b} } grep { !exists $french{$_} } keys %said) {
    print "$said{$_}: no French for \"$_\"\n";
    $bad = 1;
}
exit $bad;
